#pragma once
// Mails that say what happened, as the catalogue has them: one row each. Only .cpp files include this.
#include "render/messages.h"

#include <string_view>
#include <vector>

namespace sallyport::messages {

/// What the mail says beside what happened.
enum class Facts : std::uint8_t {
    closed,  // a stranger can cause it: our own words, times and numbers, and nothing of theirs (policy.md)
    time_only,
    all,          // time, browser and address
    listed,       // these and a list of what it is about, label and value
    listed_only,  // time and the list
};
constexpr bool says_browser(Facts facts) noexcept { return facts == Facts::all || facts == Facts::listed; }
constexpr bool says_list(Facts facts) noexcept
{
    return facts == Facts::listed || facts == Facts::listed_only;
}
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
/// Of withdrawals, holds and payees; of protection, settings lock, keys and apps.
const std::vector<Notice>& notices_of_funds();
const std::vector<Notice>& notices_of_protection();
/// Of a case that people decide.
const std::vector<Notice>& notices_of_papers();
/// Of support, data and the account itself; of what was reported, and what did not arrive.
const std::vector<Notice>& notices_of_support();
const std::vector<Notice>& notices_of_reports();
/// Of passkeys.
const std::vector<Notice>& notices_of_passkeys();
/// Of tries that failed and of what the account's settings became.
const std::vector<Notice>& notices_of_settings();
/// To operators, who have no words and no lock code: of their cases, and of what is done to the house.
const std::vector<Notice>& notices_of_operators();
const std::vector<Notice>& notices_of_operations();

}  // namespace sallyport::messages
