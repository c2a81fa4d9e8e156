#pragma once
// Mails that say what happened, as the catalogue has them: one row each. Only .cpp files include this.
#include "render/messages.h"

#include <string_view>
#include <vector>

namespace sallyport::messages {

/// Whether the mail says browser and address: never where a stranger can trigger it (policy.md).
enum class Facts : std::uint8_t { time_only, all };
struct Notice {
    std::string_view mail;
    Facts facts;
    render::Msg subject, what;
    std::vector<render::Msg> details;
    render::Msg if_you = render::Msg::mails_if_you;
    render::Msg if_not = render::Msg::mails_if_not;
};

/// Of the lock.
const std::vector<Notice>& notices_of_locks();
/// Of a change of address; of numbers and codes by e-mail.
const std::vector<Notice>& notices_of_addresses();
const std::vector<Notice>& notices_of_codes();

}  // namespace sallyport::messages
