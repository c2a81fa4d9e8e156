#include "slices/passkeys/endpoints.h"

#include "render/messages.h"
#include "slices/passkeys/endpoints_shared.h"

namespace sallyport::passkeys {

namespace {

using render::Msg;

constexpr unsigned forbidden = 403;
constexpr unsigned conflict = 409;

}  // namespace

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
    add_offer_routes(router, access);
    add_new_routes(router, access);
    add_change_routes(router, access);
}

}  // namespace sallyport::passkeys
