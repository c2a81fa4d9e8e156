#pragma once
// Changes that take protection away wait, and everybody who was told can stop them meanwhile; the old address
// or number keeps notice and veto for 30 days. Adding protection waits for nothing and is no row here.
#include <cstdint>

#include "base/time.h"
#include "policy/level.h"
#include "policy/range.h"

namespace sallyport::policy::changes {

struct Limits {
    Duration wait = std::chrono::hours{24};
    /// In a browser not known for 72 h, by less than the account's highest level (that factor is lost), or
    /// asked again after a channel stopped it.
    Duration long_wait = std::chrono::hours{72};
    Duration old_channel = std::chrono::days{30};  // notice and veto, from when the change was done
    Duration memory = std::chrono::days{30};       // one channel stops one kind of change once in this time
    Duration untold = std::chrono::days{7};        // so long a change waits for a message about it to arrive
};
struct Ranges {
    Range<Duration> wait{std::chrono::hours{24}, std::chrono::hours{72}};
    Range<Duration> long_wait{std::chrono::hours{72}, std::chrono::days{7}};
    Range<Duration> old_channel{std::chrono::days{30}, std::chrono::days{90}};
    Range<Duration> memory{std::chrono::days{30}, std::chrono::days{30}};
    Range<Duration> untold{std::chrono::days{7}, std::chrono::days{30}};
};
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const Limits& limits) noexcept;

enum class Kind : std::uint8_t {
    remove_passkey,  // or a key
    remove_app,
    remove_password,
    change_email,  // asked when the code at the new address was right
    change_phone,
    remove_notice_address,
    remove_phone,      // only strengthens: a text is the weakest method
    stop_email_codes,  // only strengthens
};
/// Only strengthens: done in the moment it is asked for.
bool is_at_once(Kind kind) noexcept;
/// Whose old channel goes on hearing of everything for 30 days.
bool keeps_old_channel(Kind kind) noexcept;
/// Can be undone by the old channel for 30 days after it was done.
bool can_be_undone(Kind kind) noexcept;

struct AskFacts {
    Kind kind = Kind::remove_passkey;
    Level session = Level::none;
    Level account_highest = Level::none;
    bool stepped_up = false;
    bool approver_young = true;       // the factor that gave the step-up is below 72 h
    bool browser_settled = false;     // or approved (holds::approves_apart)
    bool pending_already = false;     // one of the same kind
    bool stopped_lately = false;      // by a channel, within `memory`
    bool last_second_factor = false;  // nothing but a password would be left, and more is mandatory
};
enum class AskAnswer : std::uint8_t {
    at_once,
    waits,  // for `wait`
    needs_level,
    needs_step_up,
    too_young,
    pending_already,
    last_second_factor,
};
struct AskVerdict {
    AskAnswer answer = AskAnswer::needs_level;
    Duration wait{};
};
/// The removal of a strong factor or of the password is judged by passkeys::may_remove_* as well.
AskVerdict ask(const AskFacts& facts, const Limits& limits) noexcept;

enum class State : std::uint8_t { asked, stopped, done, undone };
struct Pending {
    Kind kind = Kind::remove_passkey;
    State state = State::asked;
    Instant asked_at{};
    Instant due_at{};  // of one that is done: when that was
};

/// What became of the messages that told of it (ux.md, M12).
struct Told {
    bool delivered = false;     // one reached a channel, for all we know
    bool kind_stopped = false;  // the breaker of mass alarms holds their kind (mail_breaker.h)
};
enum class Due : std::uint8_t {
    over,  // it is not asked for any more
    not_yet,
    untold,   // due, and nobody is known to have heard of it: until done_at_latest()
    stopped,  // due, and mails like those about it are stopped: until done_at_latest()
    now,
};
/// `asked` becomes `done` when it is due: in one guarded update (AND state = asked), with its hold
/// (holds.h) and its notices. Until then it can be stopped, however long it is due.
Due judge_due(const Pending& pending, const Told& told, Instant now, const Limits& limits) noexcept;
/// Then it is done, told or not: nobody who has lost every channel is kept from changing them.
Instant done_at_latest(const Pending& pending, const Limits& limits) noexcept;

enum class Stopper : std::uint8_t {
    strong_factor,  // a step-up by an app or a passkey, the asker's own too
    session,        // a live session without one
    mail,           // the stop code of a mail, to the primary or the notice address
    text,
};
/// Who that is, of one who comes by `channel` and has shown this for the very stop: a strong factor counts as
/// that, anything less as the channel.
Stopper stopper_of(Stopper channel, Methods shown) noexcept;
struct StopFacts {
    Pending pending{};
    Stopper by = Stopper::session;
    bool channel_older = false;        // it was the account's before the change was asked for
    bool channel_changes = false;      // it is the very channel that the change takes away
    bool stopped_kind_before = false;  // this channel, within `memory`
};
enum class StopAnswer : std::uint8_t {
    stopped,
    undone,     // the old channel is the account's again, the new one is not; the hold goes on
    not_yours,  // a channel that came with the change or after it
    once_only,  // this channel stopped one like it; a strong factor still can
    too_late,
    stopped_already,
};
StopAnswer stop(const StopFacts& facts, Instant now, const Limits& limits) noexcept;
/// Until when the old channel hears of everything.
Instant old_channel_until(const Pending& pending, const Limits& limits) noexcept;

}  // namespace sallyport::policy::changes
