#pragma once
// The accounts that are attacked in src/policy/takeover_model_test.cpp, and who attacks them: the
// capabilities of the law, each with what it gets hold of.
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "policy/level.h"
#include "policy/profile.h"
#include "policy/roots.h"

namespace sallyport::policy::takeover {

using roots::Kept;
using std::chrono::days;
using std::chrono::hours;

inline const Instant start{days{365 * 50}};
inline const Instant long_ago = start - days{365};
inline const Instant never = Instant::max();
inline constexpr std::int64_t big_cloud = 1, other_cloud = 2, second_mailbox = 3;

struct Owned {
    Method method;
    Kept kept;
    Instant created = long_ago;
};
struct Account {
    std::string name;
    bool password = true;
    std::vector<Owned> factors;
    bool kit = true;
    bool notice = true;
    bool phone = false;  // texts as a second factor and a channel
    bool mail_factor = false;
    profile::Profile profile = profile::Profile::standard;
};

inline const Owned app{Method::totp, roots::app(true)};
inline const Owned synced{Method::passkey, roots::synced_passkey(big_cloud)};
inline const Owned synced_elsewhere{Method::passkey, roots::synced_passkey(other_cloud)};
inline const Owned key{Method::bound_passkey, roots::hardware(1)};
inline const Owned second_key{Method::bound_passkey, roots::hardware(2)};
inline const Owned touched{Method::touched_key, roots::hardware(3)};

// The mailbox is in the cloud that keeps the passkeys, which is the worst place for it.
inline const std::vector<Account> accounts{
    {.name = "password, text", .factors = {}, .phone = true},
    {.name = "password, mail code", .factors = {}, .notice = false, .mail_factor = true},
    {.name = "password, app", .factors = {app}, .notice = false},
    {.name = "password, app, notice", .factors = {app}},
    {.name = "password, app, text, notice", .factors = {app}, .phone = true},
    {.name = "password, app, passkey", .factors = {app, synced}, .notice = false},
    {.name = "password, app, key, notice", .factors = {app, key}},
    {.name = "password, touched key, notice", .factors = {touched}},
    {.name = "two clouds", .password = false, .factors = {synced, synced_elsewhere}, .notice = false},
    {.name = "cloud and key, notice", .password = false, .factors = {synced, key}},
    {.name = "two keys, notice", .password = false, .factors = {key, second_key}},
    {.name = "strict: password, key, notice", .factors = {key}, .profile = profile::Profile::strict},
    {.name = "everything", .factors = {app, synced, key}, .phone = true, .mail_factor = true},
};

enum class Power : int {
    password,
    relayed_login,
    mailbox_read,
    mailbox_control,
    mail_vendor,
    phone_number,
    totp_seed,
    found_kit,
    stolen_cookie,
    caller,
    cloud_account,
    unlocked_phone,
    malware,
    coerced_owner,
};
inline const std::vector<std::string> power_names{
    "password",      "one relayed login", "mailbox read", "mailbox control",     "mail vendor",
    "phone number",  "seed of the app",   "found kit",    "stolen cookie",       "caller, willing victim",
    "cloud account", "unlocked phone",    "malware",      "coerced owner (once)"};
inline constexpr int powers = 14;

/// What an attacker has got hold of, in one set-up.
struct Grip {
    bool password = false, session = false, kit = false, moment = false;
    int relays = 0;
    bool reads_mail = false, reads_notice = false, reads_text = false;
    bool silences_mail = false, silences_notice = false, silences_text = false;
    std::set<std::size_t> factors;

    void take(const Account& account, const Kept& places)
    {
        for (std::size_t i = 0; i < account.factors.size(); ++i)
            if (roots::fall_together(account.factors[i].kept, places)) factors.insert(i);
    }
    void take_methods(const Account& account, auto which)
    {
        for (std::size_t i = 0; i < account.factors.size(); ++i)
            if (which(account.factors[i].method)) factors.insert(i);
    }
    void take_mail() { reads_mail = silences_mail = true; }
    void add(const Account& account, Power power)
    {
        const auto any = [](Method) { return true; };
        switch (power) {
        case Power::password: password = true; break;
        case Power::relayed_login: password = true, ++relays; break;
        case Power::mailbox_read: reads_mail = true; break;
        case Power::mailbox_control: take_mail(); break;
        case Power::mail_vendor: reads_mail = reads_notice = true; break;
        case Power::phone_number: reads_text = silences_text = true; break;
        case Power::totp_seed: take_methods(account, [](Method m) { return m == Method::totp; }); break;
        case Power::found_kit: kit = true, take(account, roots::kit()); break;
        case Power::stolen_cookie: session = true; break;
        case Power::caller:  // reads out codes as long as the call lasts
            password = true, relays += 100;
            break;
        case Power::cloud_account: take_mail(), take(account, roots::mailbox(big_cloud)); break;
        case Power::unlocked_phone:
            take_mail(), reads_text = silences_text = reads_notice = silences_notice = true;
            take(account, roots::phone_number());
            take_methods(account, [](Method m) { return m == Method::passkey; });
            break;
        case Power::malware:  // the owner proves whatever it asks for, in a browser that is settled
            take_mail(), password = session = true, take_methods(account, any);
            break;
        case Power::coerced_owner:
            take_mail(), password = session = moment = kit = reads_text = silences_text = true;
            reads_notice = silences_notice = true, take_methods(account, any);
            break;
        }
        password = password && account.password;
    }
};

}  // namespace sallyport::policy::takeover
