#include "policy/throttle.h"

#include <algorithm>

#include "base/check.h"

namespace sallyport::policy::throttle {

namespace {

constexpr Limits default_limits;
constexpr Ranges ranges;
// A pass lets at least a password, a code and one mistake through; strangers get free tries before the cap.
static_assert(ranges.pass_tries_max.least >= 3);
static_assert(ranges.stranger_free_tries.most <= ranges.stranger_tries_max.least);
static_assert(ranges.first_wait.most <= ranges.longest_wait.least);
static_assert(ranges.stranger_tries_max.most <= 100, "NIST SP 800-63B-4, section 3.2.2");
static_assert(default_limits.stranger_tries_max <= 100);
static_assert(drift_search_cost <= ranges.stranger_tries_max.least);

bool has_room(const Bucket& bucket, std::int64_t cost, const Schedule& schedule)
{
    return bucket.charged + cost <= schedule.cap;
}

}  // namespace

NamedLimits named_limits(Limits& limits)
{
    return {
        {"known_browser_tries_max", limits.known_browser_tries_max, ranges.known_browser_tries_max},
        {"stranger_free_tries", limits.stranger_free_tries, ranges.stranger_free_tries},
        {"stranger_tries_max", limits.stranger_tries_max, ranges.stranger_tries_max},
        {"first_wait", limits.first_wait, ranges.first_wait},
        {"longest_wait", limits.longest_wait, ranges.longest_wait},
        {"network_failures_max", limits.network_failures_max, ranges.network_failures_max},
        {"network_window", limits.network_window, ranges.network_window},
        {"pass_tries_max", limits.pass_tries_max, ranges.pass_tries_max},
        {"pass_code_tries_max", limits.pass_code_tries_max, ranges.pass_code_tries_max},
        {"pass_life", limits.pass_life, ranges.pass_life},
        {"passes_a_day_max", limits.passes_a_day_max, ranges.passes_a_day_max},
        {"mails_max", limits.mails_max, ranges.mails_max},
        {"mails_window", limits.mails_window, ranges.mails_window},
        {"mail_gap", limits.mail_gap, ranges.mail_gap},
        {"nobodys_kept", limits.nobodys_kept, ranges.nobodys_kept},
    };
}

const char* first_out_of_range(const Limits& limits)
{
    Limits copy = limits;
    return first_outside(named_limits(copy));
}

Verdict admit(const Facts& facts, Instant now, const Limits& limits, std::int64_t cost)
{
    if (facts.known_browser && has_room(*facts.known_browser, cost, schedule_of(Door::known_browser, limits)))
        return {Answer::admit, Door::known_browser, {}};
    if (facts.pass && has_room(*facts.pass, cost, schedule_of(Door::pass, limits)))
        return {Answer::admit, Door::pass, {}};
    if (!has_room(facts.stranger, cost, schedule_of(Door::stranger, limits)))
        return {Answer::needs_pass, Door::stranger, {}};

    Instant free_at = facts.stranger.next_at;
    if (facts.network_failures >= limits.network_failures_max)
        free_at = std::max(free_at, facts.network_window_ends);
    if (now < free_at) return {Answer::wait, Door::stranger, free_at};
    return {Answer::admit, Door::stranger, {}};
}

Duration wait_after(std::int64_t charged, const Limits& limits)
{
    if (charged < limits.stranger_free_tries) return Duration{0};
    Duration wait = limits.first_wait;
    for (std::int64_t n = limits.stranger_free_tries; n < charged && wait < limits.longest_wait; ++n)
        wait *= 2;
    return std::min(wait, limits.longest_wait);
}

Instant next_at_after(std::int64_t charged, Instant now, const Limits& limits)
{
    return now + wait_after(charged, limits);
}

Schedule schedule_of(Door door, const Limits& limits)
{
    switch (door) {
    case Door::known_browser:
        return {limits.known_browser_tries_max, 0, 0, 0, limits.known_browser_tries_max};
    case Door::pass: return {limits.pass_tries_max, 0, 0, 0, limits.pass_tries_max};
    case Door::stranger: break;
    }
    Schedule schedule{.free_tries = limits.stranger_free_tries,
                      .first_wait_ms = limits.first_wait.count(),
                      .longest_wait_ms = limits.longest_wait.count(),
                      .cap = limits.stranger_tries_max};
    while ((schedule.first_wait_ms << schedule.doublings) < schedule.longest_wait_ms) ++schedule.doublings;
    return schedule;
}

std::int64_t wait_ms(std::int64_t charged, const Schedule& schedule)
{
    if (charged < schedule.free_tries) return 0;
    if (charged - schedule.free_tries >= schedule.doublings) return schedule.longest_wait_ms;
    return schedule.first_wait_ms << (charged - schedule.free_tries);
}

std::optional<Bucket> charge(const Bucket& bucket, std::int64_t cost, Instant now, const Schedule& schedule)
{
    CHECK(cost > 0);
    if (!has_room(bucket, cost, schedule) || now < bucket.next_at) return std::nullopt;
    const std::int64_t charged = bucket.charged + cost;
    const std::int64_t tries = charged - bucket.searched;
    if (tries < schedule.free_tries) return Bucket{charged, bucket.next_at, bucket.searched};
    return Bucket{charged, now + Duration{wait_ms(tries, schedule)}, bucket.searched};
}

std::optional<Bucket> charge_search(const Bucket& bucket, const Schedule& schedule, std::int64_t cost)
{
    if (bucket.searched > 0 || !has_room(bucket, cost, schedule)) return std::nullopt;
    return Bucket{bucket.charged + cost, bucket.next_at, cost};
}

Bucket refund(const Bucket& bucket, std::int64_t cost, Instant now)
{
    if (bucket.charged < cost) return bucket;  // a success in between emptied it
    return {bucket.charged - cost, std::min(bucket.next_at, now), bucket.searched};
}

Facts emptied(const Facts& facts)
{
    Facts after = facts;
    if (after.known_browser) after.known_browser = Bucket{};
    after.stranger = Bucket{};
    after.pass.reset();
    return after;
}

std::optional<Instant> forgettable_at(Door door, bool account_exists, Instant now, const Limits& limits,
                                      Duration known_browser_life)
{
    switch (door) {
    case Door::known_browser: return now + known_browser_life;
    case Door::pass: return now + limits.pass_life;
    case Door::stranger: break;
    }
    return account_exists ? std::nullopt : std::optional(now + limits.nobodys_kept);
}

NetworkCount after_failure(const NetworkCount& before, Instant now, const Limits& limits)
{
    if (now >= before.window_ends) return {1, now + limits.network_window};
    return {before.failures + 1, before.window_ends};
}

Instant next_mail_at(const Mails& mails, Instant now, const Limits& limits)
{
    if (mails.sent == 0) return now;
    const Instant after_gap = mails.last_sent_at + limits.mail_gap;
    const bool full = mails.sent >= limits.mails_max && now < mails.window_ends;
    return full ? std::max(mails.window_ends, after_gap) : after_gap;
}

Mails after_mail(const Mails& mails, Instant now, const Limits& limits)
{
    if (mails.sent == 0 || now >= mails.window_ends) return {1, now, now + limits.mails_window};
    return {mails.sent + 1, now, mails.window_ends};
}

PassAnswer judge_pass(const PassFacts& facts, bool code_right, Instant now, const Limits& limits)
{
    if (!facts.same_browser) return PassAnswer::other_browser;
    if (facts.opened_before) return PassAnswer::used;
    if (now >= facts.sent_at + limits.pass_life) return PassAnswer::expired;
    if (facts.code_tries >= limits.pass_code_tries_max) return PassAnswer::spent;
    if (!code_right) return PassAnswer::wrong;
    return facts.opened_today >= limits.passes_a_day_max ? PassAnswer::too_many_today : PassAnswer::opens;
}

std::optional<Instant> pass_blocks_mail_until(const PassFacts& facts, Instant now, const Limits& limits)
{
    if (judge_pass(facts, false, now, limits) != PassAnswer::spent) return std::nullopt;
    return facts.sent_at + limits.pass_life;
}

}  // namespace sallyport::policy::throttle
