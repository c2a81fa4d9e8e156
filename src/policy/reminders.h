#pragma once
// What the worker tells an owner by itself, because of time or of many small things: many failed sign-ins
// (E13), a kit of a year (E28), withdrawals that wait no longer (E35), half of a wait on a road back (E44).
// Each is told once: `told` is when it was told last.
#include <optional>

#include "base/time.h"
#include "policy/throttle.h"

namespace sallyport::policy::reminders {

struct Limits {
    Duration kit_age = std::chrono::days{365};
    Duration failures_gap = std::chrono::minutes{15};  // between two mails about failed sign-ins (ux.md, M9)
    /// Between two texts about new browsers: texts cost money, and whoever pumps them has accounts of their
    /// own. The mails say it each time.
    Duration sign_in_text_gap = std::chrono::hours{6};
};

/// Whether a try at the password that was just charged, the `charged`th of strangers since the last success,
/// is one to tell the owner of: at the first that makes strangers wait, and at each as many after it.
bool is_worth_a_look(std::int64_t charged, const throttle::Limits& tries) noexcept;
/// Whether so many tries are told now.
bool tells_failures(std::int64_t charged, std::optional<Instant> told, Instant now,
                    const throttle::Limits& tries, const Limits& limits) noexcept;

/// Whether a text tells of a new browser, where one told of another at `told`.
bool texts_new_sign_in(std::optional<Instant> told, Instant now, const Limits& limits) noexcept;

/// When a kit of this day is to be looked for again, and whether it is told.
Instant kit_is_old_at(Instant made, const Limits& limits) noexcept;
bool tells_old_kit(Instant made, std::optional<Instant> told, Instant now, const Limits& limits) noexcept;

/// `last_end`: of all holds that the account ever had and that are remembered, running or over.
bool tells_end_of_hold(std::optional<Instant> last_end, std::optional<Instant> told, Instant now) noexcept;

/// Half-way between the beginning and the end of the wait.
Instant middle_of(Instant begun, Instant until) noexcept;
/// Of a case that waits: in the second half of its wait.
bool tells_middle(Instant begun, Instant until, std::optional<Instant> told, Instant now) noexcept;

}  // namespace sallyport::policy::reminders
