#pragma once
// P8g: whoever was told of a case stops it by the code in the mail, without signing in: for 72 hours, once
// for each channel. With a code of the app beside it, for good. The same page takes the stop codes of changes
// (policy/changes.h): all of them look alike, and nobody who is robbed should have to choose a page.
#include "policy/changes.h"
#include "policy/roads.h"
#include "proof/world.h"

#include <optional>
#include <string>

namespace sallyport::reset {

enum class Stop : std::uint8_t {
    answered,   // `answer` says what came of it
    malformed,  // cannot be a stop code: nothing was charged
    unknown,    // not a code of an open case
    wrong_app,  // the stop code is right, the app's is not: nothing was done
    wait,       // too many tries from this network or at this app, until `until`
};
struct StopOutcome {
    Stop result = Stop::unknown;
    policy::roads::VetoAnswer answer = policy::roads::VetoAnswer::nothing;
    /// Instead of `answer`, where the code was one of a change.
    std::optional<policy::changes::StopAnswer> change{};
    bool address_taken = false;  // the old address is another account's: it cannot be brought back
    Instant until{};             // with wait; with a pause, when the case goes on
};
/// Both as the person wrote them; `typed_app` may be empty.
Task<StopOutcome> stop_by_code(proof::World& world, proof::Asker asker, std::string typed_stop,
                               std::string typed_app);

}  // namespace sallyport::reset
