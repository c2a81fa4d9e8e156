#pragma once
// What an owner hears of an attack, and does about it (takeover_play.h).
#include "policy/changes.h"
#include "policy/roads.h"
#include "support/takeover_attackers.h"

namespace sallyport::policy::takeover {

enum class Owner : int { does_nothing, stops_it };

/// On a channel that this attacker cannot silence.
inline bool hears(const Account& account, const Grip& grip, bool text_too)
{
    return !grip.silences_mail || (account.notice && !grip.silences_notice) ||
           (text_too && account.phone && !grip.silences_text);
}

/// By the strong factor that the owner has however many copies there are, else by each channel's stop code.
inline roads::Case stopped_by_owner(const Account& account, const Grip& grip, roads::Case open, Instant now)
{
    if (!hears(account, grip, true)) return open;
    if (!account.factors.empty())
        return roads::veto(open, roads::Channel::session, {Method::totp}, std::nullopt, now, {}).after;
    using enum roads::Channel;
    if (!grip.silences_mail) open = roads::veto(open, mail, {}, std::nullopt, now, {}).after;
    if (account.notice && !grip.silences_notice)
        open = roads::veto(open, notice_mail, {}, std::nullopt, now, {}).after;
    if (account.phone && !grip.silences_text) open = roads::veto(open, text, {}, std::nullopt, now, {}).after;
    return open;
}

inline bool owner_stops(const Account& account, const Grip& grip, changes::Kind kind, Duration wait,
                        Instant now)
{
    if (!hears(account, grip, true)) return false;
    const bool strong = !account.factors.empty();
    const changes::StopFacts facts{.pending = {kind, changes::State::asked, now, now + wait},
                                   .by = strong ? changes::Stopper::strong_factor : changes::Stopper::mail,
                                   .channel_older = true};
    return changes::stop(facts, now + hours{1}, {}) == changes::StopAnswer::stopped;
}

}  // namespace sallyport::policy::takeover
