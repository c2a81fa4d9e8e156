// P8a: what can you still use? The shortest safe way, and how long it takes.
#include "policy/roads.h"
#include "slices/reset/endpoints_shared.h"
#include "views/recover.h"
#include "views/recover_way.h"

#include <array>

namespace sallyport::reset {

namespace {

using access::Access;
using http::Request;
using http::Response;
using policy::roads::Have;
using policy::roads::Way;
using render::Msg;

struct Question {
    std::string_view name;
    Have have;
    Msg text;
};
constexpr auto questions = std::to_array<Question>({
    {"mailbox", Have::mailbox, Msg::recover_have_mailbox},
    {"app", Have::app, Msg::recover_have_app},
    {"kit", Have::recovery_code, Msg::recover_have_kit},
    {"password", Have::password, Msg::recover_have_password},
    {"phone", Have::phone_number, Msg::recover_have_phone},
    {"session", Have::session, Msg::recover_have_session},
});
constexpr auto questions_of_passkeys = std::to_array<Question>({
    {"passkey", Have::passkey, Msg::recover_have_passkey},
    {"key", Have::key, Msg::recover_have_key},
});

policy::roads::Set<Have> read_haves(const Request& request, bool passkeys)
{
    policy::roads::Set<Have> have;
    for (const Question& question : questions)
        if (request.query.has(question.name)) have.add(question.have);
    if (!passkeys) return have;
    for (const Question& question : questions_of_passkeys)
        if (request.query.has(question.name)) have.add(question.have);
    return have;
}

std::string_view name_of(Way way) noexcept
{
    switch (way) {
    case Way::sign_in: return "sign_in";
    case Way::reset: return "reset";
    case Way::kit: return "kit";
    case Way::none_yet: break;
    }
    return "none_yet";
}

Task<Response> show_recover(const Access& access, Request request)
{
    views::Recover view;
    const auto ask = [&view](const Question& question) {
        view.haves.push_back({std::string(question.name), render::Message{question.text, {}}, false});
    };
    for (const Question& question : questions) ask(question);
    if (access.world().methods.passkey)
        for (const Question& question : questions_of_passkeys) ask(question);
    co_return http::respond(request, access.page(request), view);
}

Task<Response> show_way(const Access& access, Request request)
{
    const auto have = read_haves(request, access.world().methods.passkey);
    views::RecoverWay view;
    view.way = std::string(name_of(policy::roads::shortest(have)));
    view.session = have.has(Have::session) && view.way != "sign_in";
    const std::string& support = access.world().brand.support_address;
    if (!support.empty()) view.support = support;
    co_return http::respond(request, access.page(request), view);
}

}  // namespace

void add_recover_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    add_page(router, access, get, "/recover", show_recover);
    add_page(router, access, get, "/recover/way", show_way);
}

}  // namespace sallyport::reset
