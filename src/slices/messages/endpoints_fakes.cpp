// P12: report a fake, as text, as a mail or as a picture. Nobody has to sign in; nothing is required but one
// of them, and nothing of it is shown again.
#include "access/refuse.h"
#include "http/pages.h"
#include "slices/messages/endpoints_parts.h"
#include "slices/messages/report_fake.h"

#include "render/messages.h"
#include "views/report.h"
#include "views/reported.h"

#include <algorithm>

namespace sallyport::messages {

namespace {

using access::Access;
using http::Request;
using http::Response;
using render::Msg;

constexpr unsigned too_large = 413;
constexpr unsigned unprocessable = 422;
constexpr unsigned too_many = 429;
constexpr unsigned unavailable = 503;
constexpr char busy_seconds[] = "2";
/// The text as a form or in JSON, a picture, and room to say that one of them is too large.
constexpr std::size_t body_bytes_max = 2 * upload_bytes_max + 2 * picture_bytes_max;

constexpr std::array channel_words{
    Msg::report_channel_mail, Msg::report_channel_text,  Msg::report_channel_call, Msg::report_channel_chat,
    Msg::report_channel_page, Msg::report_channel_store, Msg::report_channel_other};
static_assert(channel_words.size() == fake_channels.size());

views::Report form_of(const Request& request, const render::Page& page)
{
    views::Report view;
    const std::string_view chosen = request.form.get("channel");
    for (std::size_t i = 0; i < fake_channels.size(); ++i)
        view.channels.push_back({std::string(fake_channels[i]), render::text(page, channel_words[i]),
                                 fake_channels[i] == chosen});
    view.where = std::string(request.form.get("where"));
    const std::string_view text = request.form.get("text");
    if (text.size() <= upload_bytes_max) view.text = std::string(text);
    view.gave_password = request.form.has("gave_password");
    view.gave_code = request.form.has("gave_code");
    view.gave_recovery = request.form.has("gave_recovery");
    view.gave_file = request.form.has("gave_file");
    view.gave_money = request.form.has("gave_money");
    return view;
}

/// The file as what it is; a problem where it is nothing that we take.
struct Taken {
    std::string mail, picture;
    std::optional<Msg> problem;
    bool too_large = false;
};
Taken taken(Request& request)
{
    Taken all;
    for (http::UploadedFile& file : request.files) {
        if (file.field != "file" || file.content.empty()) continue;
        const FileKind kind = kind_of_file(file.content);
        const std::size_t most = kind == FileKind::picture ? picture_bytes_max : upload_bytes_max;
        all.too_large = kind != FileKind::other && file.content.size() > most;
        if (kind == FileKind::other) all.problem = Msg::report_file_kind;
        if (all.too_large)
            all.problem =
                kind == FileKind::picture ? Msg::report_picture_too_large : Msg::report_text_too_large;
        (kind == FileKind::picture ? all.picture : all.mail) = std::move(file.content);
    }
    return all;
}

/// A mail as a file goes after what was written about it.
std::string joined(std::string text, const std::string& mail)
{
    if (text.empty()) return mail;
    if (!mail.empty()) text.append("\n\n").append(mail);
    return text;
}

bool is_channel(std::string_view typed)
{
    return typed.empty() || std::ranges::find(fake_channels, typed) != fake_channels.end();
}

/// True where something is too large.
bool judge(const Request& request, const Taken& file, views::Report& view)
{
    const std::string_view text = request.form.get("text");
    const bool long_text = text.size() > upload_bytes_max;
    if (file.problem) view.problems.add("file", *file.problem);
    if (long_text) view.problems.add("text", Msg::report_text_too_large);
    if (text.empty() && file.mail.empty() && file.picture.empty())
        view.problems.add("text", Msg::report_nothing);
    if (request.form.get("where").size() > where_bytes_max)
        view.problems.add("where", Msg::report_where_too_long);
    if (!is_channel(request.form.get("channel"))) view.problems.add("channel", Msg::report_channel_wrong);
    return long_text || file.too_large;
}

FakeCommand command_of(const Request& request, Taken file, const views::Report& view)
{
    FakeCommand command;
    command.text = joined(view.text, file.mail);
    if (command.text.size() > upload_bytes_max) command.text.resize(upload_bytes_max);
    command.picture = std::move(file.picture);
    command.where = view.where;
    command.channel = std::string(request.form.get("channel"));
    if (command.channel.empty()) command.channel = "other";
    command.given = {view.gave_password, view.gave_code, view.gave_recovery, view.gave_file, view.gave_money};
    return command;
}

Response told(const Access& access, const Request& request, const FakeOutcome& outcome, bool signed_in)
{
    views::Reported view;
    view.reference = outcome.reference;
    view.signed_by_us = outcome.signed_by_us;
    view.signed_in = signed_in;
    view.lock = outcome.advice.lock;
    view.other_device = outcome.advice.other_device;
    view.change_password = outcome.advice.change_password;
    view.new_kit = outcome.advice.new_kit;
    view.write_to_us = outcome.advice.write_to_us;
    const std::string& support = access.world().brand.support_address;
    if (!support.empty()) view.support = support;
    return http::respond(request, access.page(request), view);
}

Response wait(const Access& access, const Request& request, views::Report view, Instant until)
{
    const Duration left = std::max(until - access.world().clock.now(), Duration{std::chrono::seconds{1}});
    view.problems.add("", Msg::report_wait, {{"time", render::ClockTime{until}}, {"wait", left}});
    Response response = access::refuse(request, access.page(request), view, too_many, "too_many_reports");
    response.set("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(left).count()));
    return response;
}

Response busy(const Access& access, const Request& request, views::Report view)
{
    view.problems.add("", Msg::report_busy);
    Response response = access::refuse(request, access.page(request), view, unavailable, "too_busy");
    response.set("Retry-After", busy_seconds);
    return response;
}

Task<Response> show_form(const Access& access, Request request)
{
    const render::Page page = access.page(request);
    co_return http::respond(request, page, form_of(request, page));
}

Task<Response> post_report(const Access& access, std::shared_ptr<MailChecks> checks, Request request)
{
    auto view = form_of(request, access.page(request));
    Taken file = taken(request);
    const bool is_too_large = judge(request, file, view);
    if (!view.problems.empty())
        co_return access::refuse(request, access.page(request), view,
                                 is_too_large ? too_large : unprocessable,
                                 is_too_large ? "too_large" : "not_reported");
    const auto visitor = co_await access.who(request);
    FakeCommand command = command_of(request, std::move(file), view);
    if (visitor.session) command.account = visitor.session->account;
    const bool signed_in = command.account.has_value();
    auto asker = visitor.asker;
    const auto outcome =
        co_await report_fake(access.world(), std::move(checks), std::move(asker), std::move(command));
    if (outcome.wait_until) co_return wait(access, request, std::move(view), *outcome.wait_until);
    if (outcome.busy) co_return busy(access, request, std::move(view));
    co_return told(access, request, outcome, signed_in);
}

}  // namespace

void add_fake_reports(http::Router& router, const Access& access, std::shared_ptr<MailChecks> checks)
{
    using enum http::Method;
    router.add(get, "/report", [&access](Request request) { return show_form(access, std::move(request)); });
    router.add(post, "/report",
               [&access, checks = std::move(checks)](Request request) {
                   return post_report(access, checks, std::move(request));
               },
               {.body_bytes_max = body_bytes_max, .takes_files = true});
}

}  // namespace sallyport::messages
