#include "slices/factors/endpoints.h"

#include "slices/factors/endpoints_shared.h"

#include "http/problem.h"
#include "render/messages.h"

namespace sallyport::factors {

using render::Msg;

Msg words_of(policy::factors::AddVerdict verdict)
{
    using enum policy::factors::AddVerdict;
    switch (verdict) {
    case too_many: return Msg::factors_too_many;
    case too_young: return Msg::factors_too_young;
    case replacement_running: return Msg::factors_move_running;
    case allowed:
    case needs_step_up:
    case needs_level: break;
    }
    return Msg::factors_needs_level;
}

std::string_view code_of(policy::factors::AddVerdict verdict)
{
    using enum policy::factors::AddVerdict;
    switch (verdict) {
    case too_many: return "too_many_apps";
    case too_young: return "app_too_young";
    case replacement_running: return "old_app_still_there";
    case allowed:
    case needs_step_up:
    case needs_level: break;
    }
    return "sign_in_stronger";
}

unsigned status_of(policy::factors::AddVerdict verdict)
{
    return code_of(verdict) == "sign_in_stronger" ? status_forbidden : status_conflict;
}

http::Response over(const http::Request& request, std::string_view start_path)
{
    if (request.wants_json)
        return http::problem(request, status_gone, "set_up_over",
                             render::text(render::Language::en, Msg::factors_over));
    return http::see_other(request, std::string(start_path) + "?over=1");
}

void add_routes(http::Router& router, const access::Access& access)
{
    add_app_routes(router, access);
    add_removal_routes(router, access);
    add_kit_routes(router, access);
}

}  // namespace sallyport::factors
