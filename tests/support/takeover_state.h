#pragma once
// What an attacker can do next, and how far one has come (takeover_play.h).
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "support/takeover_attackers.h"

namespace sallyport::policy::takeover {

enum class Act : int {
    sign_in,
    relay_in,
    payee,
    new_app,
    new_passkey,
    new_kit,
    reset,
    kit_road,
    no_key,
    new_mail,
    new_phone,  // the attacker's own number beside the owner's
    change_phone,
    mail_codes,  // turned on, where the mailbox is the attacker's
};
inline constexpr int acts = 13;
inline constexpr int acts_max = 7;  // in one plan

struct State {
    Instant now = start;
    bool password = false, settled = false, approved = false, mail_taken = false, kit = false;
    bool mail_codes = false;
    std::optional<Instant> own_phone;  // since when the attacker's number is the account's
    int relays = 0;
    Level session = Level::none;
    std::optional<Instant> browser_since, hold, payee, told;
    std::vector<Owned> own;         // what the attacker enrolled
    std::set<std::size_t> removed;  // of the owner's
    friend auto key_of(const State& s)
    {
        std::vector<Instant> created;
        for (const Owned& factor : s.own) created.push_back(factor.created);
        return std::tuple(s.now, s.password, s.settled, s.approved, s.mail_taken, s.kit, s.relays, s.session,
                          s.browser_since, s.hold, s.payee, s.told, s.mail_codes, s.own_phone, created,
                          s.removed);
    }
};

struct Outcome {
    Instant leaves = never;
    std::optional<Instant> told;
};

}  // namespace sallyport::policy::takeover
