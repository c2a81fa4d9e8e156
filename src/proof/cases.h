#pragma once
// A case on a road back, as rows: opened by its evidence, told to every channel with a stop code in each
// mail, moved on by the worker, stopped by whoever was told, finished with new credentials. policy/roads.h
// decides; here it is written down. Each of these changes `credentials` and leaves saving them to the caller.
#include "policy/roads.h"
#include "proof/world.h"
#include "store/accounts.h"
#include "store/credentials.h"

#include <optional>

namespace sallyport::proof {

using store::CaseId;

inline constexpr policy::roads::Limits road_limits;

/// The account's case that is open at `now`.
std::optional<store::RecoveryCase> open_case(const store::CredentialSet& credentials, Instant now);

/// Both pieces of evidence were right: the wait begins and every channel is told (E40). Where one is open
/// already, that one, with its clock as it is.
store::RecoveryCase begin_case(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                               const Asker& asker, Instant now);

/// What became due: a case that has waited is ready (E45), one that nobody finished has expired (E47). Gives
/// how many moved.
std::int64_t move_cases(db::Tx& tx, const World& world, store::CredentialSet& credentials, Instant now);

/// In the second half of its wait every address hears of a case again (E44), once. Changes no credentials.
bool remind_of_case(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now);

/// Ends every open case that this happening ends.
void end_cases(db::Tx& tx, const World& world, store::CredentialSet& credentials,
               policy::roads::Happening happening, Instant now);

/// Stopped by whoever speaks through `channel`, with what was shown for this very stop: policy::roads decides
/// whether that ends it or pauses it. The second one that is ended in 30 days holds value for a review.
policy::roads::VetoAnswer stop_case(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                                    const CaseId& id, policy::roads::Channel channel, policy::Methods shown,
                                    const Asker& asker, Instant now);

/// The case is finished: its stop codes end, and every channel is told (E48). Gives until when value is held.
Instant finish_case(db::Tx& tx, const World& world, store::CredentialSet& credentials, const CaseId& id,
                    const Asker& asker, Instant now);

}  // namespace sallyport::proof
