#pragma once
// What an honest owner does after losing things: the way back that the rules give.
#include <algorithm>
#include <string>
#include <vector>

#include "policy/roads.h"
#include "policy/step_up.h"
#include "support/takeover_attackers.h"

namespace sallyport::policy::takeover {

enum class Loss : int { password, phone, mailbox, cloud, keys, kit };
inline const std::vector<std::string> loss_names{"password",      "phone",     "mailbox",
                                                 "cloud account", "every key", "kit"};
inline constexpr int losses = 6;

/// What is left after them. A cloud takes the mailbox that is kept there.
struct Left {
    Methods methods;
    roads::Set<roads::Have> have;
    bool strong_enrolled = false;
};
inline Left left_after(const Account& account, const std::vector<Loss>& lost)
{
    const auto has_lost = [&](Loss loss) { return std::ranges::find(lost, loss) != lost.end(); };
    Left left;
    const auto keep = [&left](Method method, roads::Have have) {
        left.methods.add(method), left.have.add(have);
    };
    for (const Owned& factor : account.factors) {
        left.strong_enrolled = true;
        if (factor.kept.phone && has_lost(Loss::phone)) continue;
        if (factor.kept.hardware != 0 && has_lost(Loss::keys)) continue;
        if (factor.kept.cloud && factor.kept.provider == big_cloud && has_lost(Loss::cloud)) continue;
        keep(factor.method, factor.method == Method::totp          ? roads::Have::app
                            : factor.method == Method::touched_key ? roads::Have::key
                                                                   : roads::Have::passkey);
    }
    if (account.password && !has_lost(Loss::password)) keep(Method::password, roads::Have::password);
    if (account.kit && !has_lost(Loss::kit)) keep(Method::recovery_code, roads::Have::recovery_code);
    if (!has_lost(Loss::mailbox) && !has_lost(Loss::cloud)) {
        left.have.add(roads::Have::mailbox);
        if (account.mail_factor) left.methods.add(Method::email_code);
    }
    if (account.phone && !has_lost(Loss::phone)) keep(Method::sms_code, roads::Have::phone_number);
    return left;
}

/// "signs in": at once, and able to replace what is lost. "not yet": by papers, contacts or a person.
inline std::string way_back(const Account& account, const std::vector<Loss>& lost)
{
    const Left left = left_after(account, lost);
    const Level session = level_of(left.methods, false);
    const bool weak_second = account.phone || account.mail_factor;
    const Level highest = left.strong_enrolled ? Level::aal2 : Level::aal1;
    if (session >= highest && step_up::suffices(left.methods, highest, step_up::Deed::adds, weak_second))
        return "signs in";
    switch (roads::shortest(left.have)) {
    case roads::Way::sign_in: return "signs in";
    case roads::Way::reset: return "reset, at once";
    case roads::Way::kit:
        return "kit, " +
               std::to_string(
                   std::chrono::duration_cast<std::chrono::hours>(roads::terms_of(roads::Road::kit, {}).wait)
                       .count()) +
               " h";
    case roads::Way::none_yet: break;
    }
    return "not yet";
}

}  // namespace sallyport::policy::takeover
