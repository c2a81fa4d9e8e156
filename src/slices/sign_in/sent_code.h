#pragma once
// P2c and P2d: codes by mail and text message as the second factor. A person asks for one by a button:
// opening the page sends nothing, so that no prefetching browser does.
#include "proof/sent_codes.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::sign_in {

bool is_sent(policy::Method method) noexcept;

/// `half_finished`: the browser's secret between the two factors, so that the code is right in this browser
/// only.
proof::CodePlace place_of(const AccountId& account, const store::TokenHash& half_finished,
                          policy::Method method);

/// What the page shows; nullopt where the half-finished sign-in is gone, or the account has no such method.
struct SentPage {
    Email address;                               // for password managers: the first factor was right
    std::vector<std::string> targets;            // masked: the address, or each number
    std::vector<policy::phones::Reach> reaches;  // of each number
    std::size_t target = 0;                      // where the newest code went
    std::optional<proof::OpenCode> code;         // nullopt: none was sent, or it is too old
};
Task<std::optional<SentPage>> find_sent_page(proof::World& world, store::TokenHash half_finished,
                                             policy::Method method);

/// `target`: which of the page's. `call`: where the number takes calls. nullopt as find_sent_page().
Task<std::optional<proof::SendOutcome>> send_second(proof::World& world, proof::Asker asker,
                                                    store::TokenHash half_finished, policy::Method method,
                                                    std::size_t target, bool call = false);

}  // namespace sallyport::sign_in
