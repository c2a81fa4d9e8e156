#pragma once
// A28: the owner looks through everything that opens the account, one kind on a page, and says of each thing
// whether it is theirs: after a way back in, and where something was not theirs. It gives nothing and takes
// nothing but sessions and trust in browsers that are not the owner's: what else is wrong leads to the page
// that mends it.
#include "slices/account/devices.h"
#include "store/credentials.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace sallyport::account {

enum class ReviewStep : std::uint8_t { devices, trusted, passkeys, apps, phones, addresses, words, done };
inline constexpr std::array review_steps{ReviewStep::devices, ReviewStep::trusted, ReviewStep::passkeys,
                                         ReviewStep::apps,    ReviewStep::phones,  ReviewStep::addresses,
                                         ReviewStep::words};
inline constexpr Duration review_life = std::chrono::hours{1};

/// Everything of the account as it is now; the acting session is no part of it.
struct Holdings {
    std::vector<Device> devices;
    std::vector<Trusted> trusted;
    std::vector<store::Passkey> passkeys;
    std::vector<store::TotpApp> apps;  // without their secrets
    std::vector<store::Phone> phones;
    std::vector<store::Channel> channels;
};

/// Something that is not the owner's, as the page called it.
struct NotMine {
    ReviewStep step;
    std::string label;
};
struct Review {
    ReviewStep at = ReviewStep::devices;  // `done`: all was answered
    std::vector<NotMine> not_mine;
    Holdings holdings;
};
/// Where this session's review stands; one that is an hour old begins anew. Kinds of which there are none are
/// passed over.
Task<Review> read_review(proof::World& world, proof::Holder actor);

/// What ends because it is not the owner's.
struct Ended {
    std::vector<SessionId> sessions;
    std::vector<BrowserId> trusted;
};
/// What was answered for `step`, where that is the one awaited: nothing happens else. With the last step
/// every address hears of it (E48), and it stands in the history.
Task<void> answer_review(proof::World& world, proof::Holder actor, ReviewStep step,
                         std::vector<NotMine> not_mine, Ended ended);
/// "I did not ask for this": no question of the account that waits for a proof can be answered any more.
Task<void> stop_questions(proof::World& world, proof::Holder actor);
/// From the beginning.
Task<void> begin_review(proof::World& world, proof::Holder actor);

}  // namespace sallyport::account
