#include "slices/passkeys/endpoints.h"

#include "render/messages.h"
#include "slices/passkeys/endpoints_shared.h"

namespace sallyport::passkeys {

namespace {

using render::Msg;

constexpr unsigned forbidden = 403;
constexpr unsigned conflict = 409;
constexpr unsigned unprocessable = 422;

}  // namespace

Said say(RegistrationAnswer answer)
{
    switch (answer) {
    case RegistrationAnswer::needs_level:
    case RegistrationAnswer::needs_step_up: return {Msg::passkeys_needs_level, "level_too_low", forbidden};
    case RegistrationAnswer::too_many: return {Msg::passkeys_too_many, "too_many_passkeys", conflict};
    case RegistrationAnswer::already_held: return {Msg::passkeys_already_held, "already_held", conflict};
    case RegistrationAnswer::method_not_allowed:
    case RegistrationAnswer::attestation_missing:
        return {Msg::passkeys_not_allowed, "key_not_allowed", unprocessable};
    case RegistrationAnswer::needs_hardware_key:
        return {Msg::passkeys_needs_hardware_key, "hardware_key_needed", unprocessable};
    case RegistrationAnswer::needs_password:
        return {Msg::passkeys_needs_password, "password_needed", unprocessable};
    case RegistrationAnswer::allowed:
    case RegistrationAnswer::challenge_refused:
    case RegistrationAnswer::not_present:
    case RegistrationAnswer::impossible_flags:
    case RegistrationAnswer::algorithm_not_taken: break;
    }
    return {Msg::passkeys_not_made, "passkey_not_made", unprocessable};
}

Said say(RemoveAnswer answer)
{
    switch (answer) {
    case RemoveAnswer::needs_level:
    case RemoveAnswer::needs_step_up: return {Msg::passkeys_needs_level, "level_too_low", forbidden};
    case RemoveAnswer::too_young: return {Msg::passkeys_too_young, "approver_too_young", conflict};
    case RemoveAnswer::last_strong_factor: return {Msg::passkeys_last_strong, "last_strong_factor", conflict};
    case RemoveAnswer::last_hardware_key: return {Msg::passkeys_last_hardware, "last_hardware_key", conflict};
    case RemoveAnswer::last_way_in: return {Msg::passkeys_last_way_in, "last_way_in", conflict};
    case RemoveAnswer::waits:
    case RemoveAnswer::waits_long:
    case RemoveAnswer::leaving_already: break;
    }
    return {Msg::passkeys_leaving, "leaving_already", conflict};
}

void add_routes(http::Router& router, const access::Access& access)
{
    add_list_routes(router, access);
    add_new_routes(router, access);
    add_change_routes(router, access);
}

}  // namespace sallyport::passkeys
