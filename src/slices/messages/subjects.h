#pragma once
// What a message of the catalogues was about, in one line without any of its parameters: for lists.
#include "proof/world.h"
#include "render/message.h"

#include <string>
#include <string_view>

namespace sallyport::messages {

/// The subject of a mail as it was sent, or what stands for it of a text message, which has none. Names that
/// the catalogues do not have (of a newer version that ran before) are "a message".
std::string subject_of(std::string_view mail, const proof::Brand& brand, render::Language language);

}  // namespace sallyport::messages
