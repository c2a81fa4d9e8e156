#pragma once
// A15: an account's messages of the last 180 days, page by page.
#include "proof/world.h"
#include "store/sent_messages.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::messages {

inline constexpr std::int64_t messages_a_page = 50;

/// A place in the list as addresses of its pages have it; anything else is the beginning.
std::string text_of(const store::MessagePlace& place);
std::optional<store::MessagePlace> place_of(std::string_view text);

struct MessagePage {
    std::vector<store::SentMessage> messages;  // newest first
    std::optional<store::MessagePlace> next;   // where the following page begins; nullopt: this is the last
};
Task<MessagePage> list_messages(proof::World& world, AccountId account,
                                std::optional<store::MessagePlace> after);

}  // namespace sallyport::messages
