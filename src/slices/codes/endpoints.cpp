#include "slices/codes/endpoints.h"

#include "slices/codes/endpoints_shared.h"

namespace sallyport::codes {

namespace {

using render::Msg;

constexpr unsigned forbidden = 403;
constexpr unsigned conflict = 409;
constexpr unsigned unprocessable = 422;

}  // namespace

Said say(Answer answer)
{
    switch (answer) {
    case Answer::needs_level: return {Msg::codes_needs_level, "level_too_low", forbidden};
    case Answer::held_already: return {Msg::codes_held_already, "held_already", conflict};
    case Answer::too_many: return {Msg::codes_too_many, "too_many_numbers", conflict};
    case Answer::method_not_taken:
    case Answer::needs_step_up:
    case Answer::allowed: break;
    }
    return {Msg::codes_not_taken, "method_not_taken", unprocessable};
}

Said say(AskAnswer answer)
{
    switch (answer) {
    case AskAnswer::needs_level:
    case AskAnswer::needs_step_up: return {Msg::codes_needs_level, "level_too_low", forbidden};
    case AskAnswer::too_young: return {Msg::codes_too_young, "approver_too_young", conflict};
    case AskAnswer::last_second_factor: return {Msg::codes_last_second, "last_second_factor", conflict};
    case AskAnswer::pending_already:
    case AskAnswer::at_once:
    case AskAnswer::waits: break;
    }
    return {Msg::codes_change_running, "change_running", conflict};
}

void add_routes(http::Router& router, const access::Access& access)
{
    if (access.world().methods.sms_code) {
        add_phone_routes(router, access);
        add_phone_code_routes(router, access);
    }
    if (access.world().methods.email_code) add_mail_routes(router, access);
}

}  // namespace sallyport::codes
