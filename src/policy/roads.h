#pragma once
// The roads back for a person who lost what signs in: evidence buys time to enter, and value still obeys the
// holds. A case gathers its evidence, waits in the open while every channel is told, is entered, and is
// finished with new credentials. Each road is one row of `terms_of`.
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>

#include "base/time.h"
#include "policy/holds.h"
#include "policy/level.h"
#include "policy/range.h"

namespace sallyport::policy::roads {

enum class Road : std::uint8_t { kit };
enum class Evidence : std::uint8_t { mailed_code, recovery_code };
enum class Channel : std::uint8_t { mail, notice_mail, text, session };

template <class T>
class Set {
public:
    constexpr Set() = default;
    constexpr Set(std::initializer_list<T> all)
    {
        for (const T one : all) add(one);
    }
    constexpr void add(T one) noexcept { m_bits |= bit(one); }
    constexpr bool has(T one) const noexcept { return (m_bits & bit(one)) != 0; }
    constexpr bool has_all(Set other) const noexcept { return (m_bits & other.m_bits) == other.m_bits; }
    friend constexpr bool operator==(Set, Set) = default;

private:
    static constexpr std::uint32_t bit(T one) noexcept
    {
        return std::uint32_t{1} << static_cast<std::uint32_t>(one);
    }
    std::uint32_t m_bits = 0;
};

struct Limits {
    Duration kit_wait = std::chrono::hours{1};  // from the last piece of evidence to entering
    Duration gathering = std::chrono::minutes{30};
    Duration finish_within = std::chrono::hours{72};
    Duration pause = std::chrono::hours{72};
    Duration memory = std::chrono::days{30};  // a second case stopped in this time is contested
};
struct Ranges {
    Range<Duration> kit_wait{std::chrono::hours{1}, std::chrono::hours{72}};
    Range<Duration> gathering{std::chrono::minutes{15}, std::chrono::hours{24}};
    Range<Duration> finish_within{std::chrono::hours{24}, std::chrono::days{7}};
    Range<Duration> pause{std::chrono::hours{24}, std::chrono::hours{72}};
    Range<Duration> memory{std::chrono::days{30}, std::chrono::days{30}};
};
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const Limits& limits) noexcept;

struct Terms {
    Set<Evidence> needs;
    Duration wait{};
};
Terms terms_of(Road road, const Limits& limits) noexcept;

// --- a case

enum class Stage : std::uint8_t {
    gathering,
    waiting,
    ready,  // to be finished with a fresh mailed code
    finished,
    ended,  // by a strong factor, or withdrawn
    expired,
};
struct Case {
    Road road = Road::kit;
    Stage stage = Stage::gathering;
    Set<Evidence> given{};
    Instant begun{};
    Instant enter_at{};     // means something from `waiting` on
    Set<Channel> paused{};  // each channel pauses once
    friend bool operator==(const Case&, const Case&) = default;
};
/// An account has one open case a road: the same evidence in another browser finds it again, with its clock
/// as it is.
Case begin(Road road, Instant now) noexcept;
/// The stage as the time has moved it.
Stage stage_at(const Case& open, Instant now, const Limits& limits) noexcept;
bool is_open(Stage stage) noexcept;
/// Until when it can be finished.
Instant finish_until(const Case& open, const Limits& limits) noexcept;

/// One piece of evidence was right. With the last one the wait begins, and every channel is told.
struct Given {
    bool taken = false;
    bool wait_begins = false;
    Case after;
};
Given give(const Case& open, Evidence evidence, Instant now, const Limits& limits) noexcept;

// --- stopping it

enum class VetoAnswer : std::uint8_t {
    ended,      // by a strong factor
    paused,     // by a channel, for 72 h
    once_only,  // this channel paused it before
    too_late,   // finished: lock the account
    nothing,    // there is no open case that told anybody
};
struct VetoVerdict {
    VetoAnswer answer = VetoAnswer::nothing;
    Case after;
    bool contested = false;  // a second one in 30 days: value is held (holds::Cause::contested) for a review
};
/// By whoever speaks through `channel`, with what was shown for this very veto: a strong factor ends the
/// case; anything less, or nothing, pauses it. `last_ended_at`: when a strong factor last ended another case
/// of this account.
VetoVerdict veto(const Case& open, Channel channel, Methods shown, std::optional<Instant> last_ended_at,
                 Instant now, const Limits& limits) noexcept;
/// Whether an account with these methods has one that ends a case.
bool can_end(Methods held) noexcept;

/// What else happens to the account meanwhile.
enum class Happening : std::uint8_t {
    locked,  // never ends the owner's own case
    unlocked,
    signed_in,
    withdrawn,  // by the one who runs it
    kit_made,   // anew, which takes a strong factor: the code that was shown is worth nothing now
    other_road_finished,
};
bool ends_case(Happening happening, Road road) noexcept;

// --- the end

/// Finishing takes a fresh mailed code, and gives a new password and a new strong factor of a kind that the
/// operator takes. Every session, trust and known browser ends.
bool may_finish(const Case& open, bool mailed_code_right, Instant now, const Limits& limits) noexcept;
/// What the road replaces at once. A passkey is stronger than this road: it stays until the owner removes it
/// by the rules of removal.
bool replaces(Road road, Method method) noexcept;
/// The hold that finishing starts: `told` is every channel that heard of the case, `evidence` those that
/// opened it.
Duration hold_after(std::span<const roots::Kept> told, std::span<const roots::Kept> evidence,
                    const holds::Limits& limits) noexcept;

// --- which road

enum class Have : std::uint8_t { mailbox, phone_number, password, app, passkey, key, recovery_code, session };
enum class Way : std::uint8_t {
    sign_in,
    reset,
    kit,
    none_yet,  // no road of this server: the way to a person (ux.md, P8a)
};
/// The shortest safe way for a person who still has this.
Way shortest(Set<Have> have) noexcept;

}  // namespace sallyport::policy::roads
