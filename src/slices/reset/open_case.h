#pragma once
// The road of the recovery kit: a code of it in the place of the strong factor opens a case, which waits an
// hour in the open. The mailbox and the kit together enter then; value is held.
#include "slices/reset/progress.h"

#include <string>

namespace sallyport::reset {

enum class Opened : std::uint8_t {
    waiting,  // the case is open; the row says until when it waits
    wrong,
    wait,  // too many tries, until `until`; `needs_pass`: only a new mailed code helps
    busy,  // again in `busy_seconds`
    not_now,
    over,
};
struct OpenOutcome {
    Opened answer = Opened::over;
    Instant until{};
    bool needs_pass = false;
    std::int64_t busy_seconds = 0;
};
/// `typed` as the person wrote it. One slow hash; the code is spent where it opens a case.
Task<OpenOutcome> open_by_kit(proof::World& world, proof::Asker asker, store::TokenHash secret,
                              std::string typed);

}  // namespace sallyport::reset
