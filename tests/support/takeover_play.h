#pragma once
// Plays every plan of one attacker against one account with the real rules of policy/, and remembers the
// quickest way for value above the cap to leave. The attacker is given the benefit of each doubt: whoever is
// asked has every answer ready. The owner does nothing, however loud the notices are, or stops what can be
// stopped.
#include <map>
#include <optional>

#include "policy/changes.h"
#include "policy/factors.h"
#include "policy/holds.h"
#include "policy/passkeys.h"
#include "policy/phones.h"
#include "policy/reset.h"
#include "policy/roads.h"
#include "policy/sessions.h"
#include "policy/step_up.h"
#include "support/takeover_owner.h"
#include "support/takeover_state.h"

namespace sallyport::policy::takeover {

class Play {
public:
    Play(const Account& account, const Grip& grip, bool old_payee, Duration approved_change,
         Owner owner = Owner::does_nothing)
        : m_account(account), m_grip(grip), m_old_payee(old_payee), m_owner(owner),
          m_table(profile::table_of(account.profile))
    {
        m_holds.approved_change = approved_change;
    }

    Outcome best()
    {
        State state;
        state.password = m_grip.password;
        state.relays = m_grip.relays;
        state.kit = m_grip.kit && m_account.kit;
        if (m_old_payee) state.payee = long_ago;
        if (m_grip.session) state.session = highest(state), state.settled = true;
        walk(state, acts_max);
        return m_best;
    }

private:
    // --- what the account has, and what the attacker can show of it
    std::vector<Owned> held(const State& s) const
    {
        std::vector<Owned> all = s.own;
        for (std::size_t i = 0; i < m_account.factors.size(); ++i)
            if (!s.removed.contains(i)) all.push_back(m_account.factors[i]);
        return all;
    }
    Level highest(const State& s) const
    {
        AccountFactors factors;
        for (const Owned& factor : held(s)) {
            factors.apps += factor.method == Method::totp;
            factors.passkeys += factor.method == Method::passkey;
            factors.bound_passkeys += factor.method == Method::bound_passkey;
            factors.touched_keys += factor.method == Method::touched_key;
        }
        return highest_level(factors);
    }
    std::vector<holds::Approval> shown(const State& s, bool relay) const
    {
        std::vector<holds::Approval> all;
        for (const Owned& factor : s.own) all.push_back({factor.method, factor.kept, factor.created});
        for (std::size_t i = 0; i < m_account.factors.size(); ++i) {
            const Owned& factor = m_account.factors[i];
            const bool relayed = relay && s.relays > 0 && factor.method == Method::totp;
            if (!s.removed.contains(i) && (m_grip.factors.contains(i) || relayed))
                all.push_back({factor.method, factor.kept, factor.created});
        }
        return all;
    }
    Methods methods(const State& s, bool relay) const
    {
        Methods all;
        for (const auto& approval : shown(s, relay)) all.add(approval.method);
        const bool relayed = relay && s.relays > 0;
        if (s.password) all.add(Method::password);
        const bool mail_codes = m_account.mail_factor || s.mail_codes;
        if (mail_codes && (reads_mail(s) || relayed)) all.add(Method::email_code);
        if (s.own_phone || (m_account.phone && (m_grip.reads_text || relayed))) all.add(Method::sms_code);
        if (s.kit) all.add(Method::recovery_code);
        return all;
    }
    using Deed = step_up::Deed;
    bool steps_up(const State& s, Deed deed, bool relay = true) const
    {
        const bool weak_second = m_account.phone || m_account.mail_factor || s.mail_codes || s.own_phone;
        return step_up::suffices(methods(s, relay), highest(s), deed, weak_second);
    }
    /// A step-up that only a relayed code gives uses it up.
    void spend(State& s, Deed deed) const
    {
        if (!steps_up(s, deed, false) && s.relays > 0) --s.relays;
    }
    bool reads_mail(const State& s) const { return m_grip.reads_mail || s.mail_taken; }

    /// Who is told. A number of the attacker's counts when it is as old as a factor has to be.
    std::vector<Kept> channels(const State& s) const
    {
        std::vector<Kept> all{roots::mailbox(big_cloud)};
        if (m_account.notice) all.push_back(roots::mailbox(second_mailbox));
        const bool own = s.own_phone && *s.own_phone <= s.now - m_holds.young;
        if (m_account.phone || own) all.push_back(roots::phone_number());
        return all;
    }
    void tell(State& s, bool text_too) const
    {
        if (hears(m_account, m_grip, text_too) && !s.told) s.told = s.now;
    }
    void hold(State& s, holds::Cause cause) const
    {
        bool apart = false;
        for (const auto& approval : shown(s, true))
            apart = apart || holds::approves_apart(approval, {}, s.now, m_holds);
        const auto told = channels(s);
        const holds::Facts facts{cause, apart, holds::told_nobody_else(told, {})};
        s.hold = holds::until(s.hold, s.now, holds::hold_after(facts, m_holds));
    }
    void advance(State& s, Instant to) const
    {
        if (to >= s.now + hours{1} && !m_grip.session) s.session = Level::none;
        s.now = std::max(s.now, to);
    }

    // --- the deeds: false where the rules refuse
    bool signs_in(State& s, bool relay) const
    {
        const Methods proven = methods(s, relay);
        const Level level = profile::level_under(m_table, proven, false);
        if (level <= s.session) return false;
        s.session = level;
        if (relay) --s.relays;
        if (sessions::makes_browser_known(level, highest(s)) && !s.browser_since) s.browser_since = s.now;
        // Another proof, apart from what signed in, approves the browser.
        for (const auto& approval : shown(s, false))
            for (const auto& other : shown(s, relay))
                s.approved =
                    s.approved || holds::approves_apart(approval, std::span(&other.kept, 1), s.now, m_holds);
        tell(s, false);
        return true;
    }
    bool adds(State& s, Method method) const
    {
        const bool stepped_up = steps_up(s, Deed::adds);
        if (method == Method::totp) {
            const factors::AddFacts facts{
                .session = s.session, .account_highest = highest(s), .stepped_up = stepped_up};
            if (factors::may_add_app(facts, {}) != factors::AddVerdict::allowed) return false;
        } else {
            passkeys::Registration facts;
            facts.challenge = passkeys::ChallengeAnswer::good;
            facts.session = s.session, facts.account_highest = highest(s), facts.stepped_up = stepped_up;
            facts.user_present = facts.user_verified = true, facts.algorithm = passkeys::es256;
            if (passkeys::judge_registration(facts, m_table, {}).answer !=
                passkeys::RegistrationAnswer::allowed)
                return false;
        }
        hold(s, holds::Cause::factor_added);
        spend(s, Deed::adds);
        s.own.push_back({method, roots::hardware(100 + static_cast<int>(method)), s.now});
        tell(s, false);
        return true;
    }
    bool resets(State& s) const
    {
        reset::Row row{reset::Stage::code, s.now};
        const auto go = [&](reset::Event event) {
            const auto step = reset::step({row, true, true, sign_in::AccountState::active}, event, s.now, {});
            row.stage = step.stage;
            return step.answer == reset::Answer::moved;
        };
        const auto factors = shown(s, true);
        if (!m_account.password || s.password || !reads_mail(s) || !go(reset::Event::code_right))
            return false;
        for (const auto& factor : factors) {
            if (!reset::suffices(factor.method) || !go(reset::Event::factor_right)) continue;
            const auto length =
                reset::hold_after(factor, roots::mailbox(big_cloud), channels(s), s.now, m_holds);
            s.hold = holds::until(s.hold, s.now, length);
            break;
        }
        if (!go(reset::Event::password_accepted)) return false;
        spend(s, Deed::takes);
        s.password = true;
        tell(s, false);
        return true;
    }
    bool takes_the_kit_road(State& s) const
    {
        auto open = roads::begin(roads::Road::kit, s.now);
        if (reads_mail(s)) open = roads::give(open, roads::Evidence::mailed_code, s.now, {}).after;
        if (s.kit) open = roads::give(open, roads::Evidence::recovery_code, s.now, {}).after;
        if (open.stage != roads::Stage::waiting) return false;
        tell(s, true);
        if (m_owner == Owner::stops_it) open = stopped_by_owner(m_account, m_grip, open, s.now);
        advance(s, open.enter_at);
        if (!roads::may_finish(open, true, s.now, {})) return false;
        const std::vector<Kept> evidence{roots::mailbox(big_cloud), roots::kit()};
        s.hold = holds::until(s.hold, s.now, roads::hold_after(channels(s), evidence, m_holds));
        for (std::size_t i = 0; i < m_account.factors.size(); ++i)
            if (roads::replaces(roads::Road::kit, m_account.factors[i].method)) s.removed.insert(i);
        s.password = true;
        s.own.push_back({m_table.hardware_key_required ? Method::bound_passkey : Method::totp,
                         roots::hardware(200), s.now});
        s.session = Level::none;
        tell(s, true);
        return true;
    }
    /// Asks for a change and waits for it.
    bool changes_kind(State& s, changes::Kind kind) const
    {
        bool old = false;
        for (const auto& approval : shown(s, true)) old = old || approval.created <= s.now - hours{72};
        const bool settled =
            s.settled || s.approved || (s.browser_since && sessions::is_settled(s.browser_since, s.now, {}));
        const auto verdict = changes::ask({.kind = kind,
                                           .session = s.session,
                                           .account_highest = highest(s),
                                           .stepped_up = steps_up(s, Deed::takes),
                                           .approver_young = !old,
                                           .browser_settled = settled},
                                          {});
        if (verdict.answer != changes::AskAnswer::waits) return false;
        if (m_owner == Owner::stops_it && owner_stops(m_account, m_grip, kind, verdict.wait, s.now))
            return false;
        tell(s, true);
        spend(s, Deed::takes);
        advance(s, s.now + verdict.wait);
        hold(s, cause_of(kind));
        return true;
    }
    static holds::Cause cause_of(changes::Kind kind)
    {
        if (kind == changes::Kind::change_email) return holds::Cause::email_changed;
        return kind == changes::Kind::change_phone ? holds::Cause::phone_changed
                                                   : holds::Cause::factor_removed;
    }
    bool may_have_codes(const State& s, phones::Deed deed) const
    {
        const auto count = static_cast<std::int64_t>(m_account.phone) + s.own_phone.has_value();
        const bool change = deed == phones::Deed::change_phone;
        const phones::Facts facts{
            .deed = deed,
            .method_taken = deed == phones::Deed::start_mail_codes ? m_table.email_code : m_table.sms_code,
            .session = s.session,
            .account_highest = highest(s),
            .stepped_up = steps_up(s, change ? Deed::takes : Deed::adds_code),
            .phones = count,
            .held = deed == phones::Deed::start_mail_codes && (m_account.mail_factor || s.mail_codes)};
        return phones::may(facts, {}) == phones::Answer::allowed;
    }
    bool takes_a_phone(State& s, bool in_place) const
    {
        const auto deed = in_place ? phones::Deed::change_phone : phones::Deed::add_phone;
        if (s.own_phone || (in_place && !m_account.phone) || !may_have_codes(s, deed)) return false;
        if (in_place && !changes_kind(s, changes::Kind::change_phone)) return false;
        if (!in_place) hold(s, holds::Cause::factor_added), spend(s, Deed::adds_code), tell(s, true);
        s.own_phone = s.now;
        return true;
    }
    bool removes_the_key(State& s) const
    {
        std::vector<passkeys::Strong> all;
        std::size_t which = 99, index = 0;
        for (const Owned& factor : held(s)) {
            if (factor.method == Method::bound_passkey && factor.created == long_ago) which = all.size();
            all.push_back({factor.method, factor.kept, s.now < factor.created + hours{72}, false});
        }
        for (std::size_t i = 0; i < m_account.factors.size(); ++i)
            if (m_account.factors[i].method == Method::bound_passkey) index = i;
        if (which == 99) return false;
        const auto answer = passkeys::may_remove_factor({.session = s.session,
                                                         .account_highest = highest(s),
                                                         .stepped_up = steps_up(s, Deed::takes),
                                                         .approver_young = false,
                                                         .browser_settled = false,
                                                         .has_password = m_account.password,
                                                         .factors = all},
                                                        which, m_table);
        if (answer != passkeys::RemoveAnswer::waits && answer != passkeys::RemoveAnswer::waits_long)
            return false;
        if (!changes_kind(s, changes::Kind::remove_passkey)) return false;
        s.removed.insert(index);
        return true;
    }
    bool does(State& s, Act deed) const
    {
        switch (deed) {
        case Act::sign_in: return signs_in(s, false);
        case Act::relay_in: return s.relays > 0 && signs_in(s, true);
        case Act::payee:
            if (s.payee || s.session < Level::aal2 || !steps_up(s, Deed::takes)) return false;
            spend(s, Deed::takes), s.payee = s.now, tell(s, true);
            return true;
        case Act::new_app: return s.own.size() < 2 && adds(s, Method::totp);
        case Act::new_passkey: return s.own.size() < 2 && adds(s, Method::bound_passkey);
        case Act::new_kit: {
            const factors::AddFacts facts{
                .session = s.session, .account_highest = highest(s), .stepped_up = steps_up(s, Deed::adds)};
            const auto verdict = factors::may_make_kit(facts, {0, true});
            if (s.kit || verdict != factors::AddVerdict::allowed) return false;
            spend(s, Deed::adds), s.kit = true, hold(s, holds::Cause::kit_made), tell(s, false);
            return true;
        }
        case Act::reset: return resets(s);
        case Act::kit_road: return takes_the_kit_road(s);
        case Act::no_key: return removes_the_key(s);
        case Act::new_mail:
            if (s.mail_taken || !changes_kind(s, changes::Kind::change_email)) return false;
            s.mail_taken = true;
            return true;
        case Act::new_phone: return takes_a_phone(s, false);
        case Act::change_phone: return takes_a_phone(s, true);
        case Act::mail_codes:
            if (!may_have_codes(s, phones::Deed::start_mail_codes)) return false;
            hold(s, holds::Cause::factor_added), spend(s, Deed::adds_code), tell(s, true);
            s.mail_codes = true;
            return true;
        }
        return false;
    }

    // --- the goal
    void try_to_leave(State s)
    {
        if (!s.payee) return;
        for (int tries = 0; tries < 2; ++tries) {
            const auto approvals = shown(s, true);
            const holds::ExitFacts facts{.frozen = false,
                                         .session = s.session,
                                         .stepped_up = steps_up(s, Deed::takes),
                                         .approvals = approvals,
                                         .browser_known_since = s.settled ? long_ago : s.browser_since,
                                         .browser_approved = s.approved,
                                         .above_cap = true,
                                         .hold_until = s.hold,
                                         .payee_added = *s.payee,
                                         .asked_at = s.now};
            const auto verdict = holds::judge_exit(facts, s.now, m_holds);
            if (verdict.answer == holds::ExitAnswer::too_young && !m_grip.moment) {
                advance(s, verdict.until);
                signs_in(s, false);
                continue;
            }
            if (verdict.answer == holds::ExitAnswer::go || verdict.answer == holds::ExitAnswer::wait) {
                tell(s, true);
                if (verdict.until < m_best.leaves) m_best = {verdict.until, s.told};
                // The worst of plans that are equally quick: the one of which the owner hears nothing.
                if (verdict.until == m_best.leaves && !s.told) m_best.told.reset();
            }
            return;
        }
    }
    void walk(const State& state, int left)
    {
        if (state.now > m_best.leaves) return;
        int& seen = m_seen[key_of(state)];
        if (seen > left) return;
        seen = left + 1;
        try_to_leave(state);
        if (left == 0) return;
        for (int n = 0; n < acts; ++n) {
            State next = state;
            if (!does(next, static_cast<Act>(n))) continue;
            if (m_grip.moment && next.now > start) continue;
            walk(next, left - 1);
        }
    }

    const Account& m_account;
    const Grip& m_grip;
    bool m_old_payee;
    Owner m_owner;
    profile::Table m_table;
    holds::Limits m_holds;
    Outcome m_best;
    std::map<decltype(key_of(State{})), int> m_seen;  // how much was left to do, and one
};

inline Outcome play(const Account& account, int a, int b, bool old_payee, Duration approved_change,
                    Owner owner = Owner::does_nothing)
{
    Grip grip;
    grip.add(account, static_cast<Power>(a));
    if (a != b) grip.add(account, static_cast<Power>(b));
    return Play(account, grip, old_payee, approved_change, owner).best();
}

}  // namespace sallyport::policy::takeover
