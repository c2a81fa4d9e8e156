#include "policy/profile.h"

#include <algorithm>

namespace sallyport::policy::profile {

Table table_of(Profile profile) noexcept
{
    Table table;
    if (profile == Profile::standard) return table;
    table.email_code = false;
    table.sms_code = false;
    table.trusted_browsers = false;
    table.hardware_key_required = true;
    return table;
}

bool allows(const Table& table, Method method) noexcept
{
    switch (method) {
    case Method::password:
    case Method::recovery_code: break;
    case Method::totp: return table.totp;
    case Method::email_code: return table.email_code;
    case Method::sms_code: return table.sms_code;
    case Method::passkey: return table.passkey;
    case Method::bound_passkey: return table.bound_passkey;
    case Method::touched_key: return table.touched_key;
    }
    return true;
}

std::optional<Fault> fault_of(const Table& table) noexcept
{
    if (!table.totp && !table.passkey && !table.bound_passkey && !table.touched_key)
        return Fault::no_strong_factor;
    if (!table.hardware_key_required) return std::nullopt;
    if (!table.bound_passkey) return Fault::required_key_not_taken;
    if (table.email_code || table.sms_code) return Fault::weak_codes_beside_key;
    if (!table.second_factor_mandatory) return Fault::optional_beside_key;
    return std::nullopt;
}

int strength_of(Method method) noexcept
{
    switch (method) {
    case Method::password: break;
    case Method::sms_code: return 1;
    case Method::email_code: return 2;
    case Method::recovery_code: return 3;
    case Method::totp: return 4;
    case Method::touched_key: return 5;
    case Method::passkey: return 6;
    case Method::bound_passkey: return 7;
    }
    return 0;
}

Label label_of(Method method) noexcept
{
    if (method == Method::sms_code) return Label::weakest;
    return method == Method::email_code ? Label::weak : Label::none;
}

std::vector<Method> chooser(Methods held, Methods used_here, const Table& table)
{
    std::vector<Method> all;
    for (const Method method : every_method)
        if (method != Method::password && held.has(method)) all.push_back(method);
    std::vector<Method> offered;
    for (const Method method : all)
        if (allows(table, method)) offered.push_back(method);
    if (offered.empty()) offered = all;

    std::ranges::sort(offered, std::greater{}, strength_of);
    const auto used = std::ranges::find_if(offered, [&](Method m) { return used_here.has(m); });
    if (used != offered.end()) std::rotate(offered.begin(), used, used + 1);
    return offered;
}

Level level_under(const Table& table, Methods proven, bool password_alone_allowed) noexcept
{
    Methods counted;
    for (const Method method : every_method)
        if (proven.has(method) && allows(table, method)) counted.add(method);
    const Level level = level_of(counted, password_alone_allowed);
    return std::max(level, std::min(level_of(proven, password_alone_allowed), Level::aal1));
}

}  // namespace sallyport::policy::profile
