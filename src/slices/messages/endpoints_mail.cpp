// P11 for a whole mail: as a file or as pasted source. Nobody has to sign in; nothing of the mail is kept or
// shown again.
#include "access/refuse.h"
#include "access/routes.h"
#include "http/pages.h"
#include "slices/messages/check_mail.h"
#include "slices/messages/endpoints_parts.h"

#include "render/messages.h"
#include "views/verify_mail.h"

#include <algorithm>

namespace sallyport::messages {

namespace rules = policy::mail_checks;

namespace {

using access::Access;
using http::Request;
using http::Response;
using policy::mail_checks::Verdict;
using render::Msg;

constexpr unsigned too_large = 413;
constexpr unsigned unprocessable = 422;
constexpr unsigned unavailable = 503;
constexpr char busy_seconds[] = "2";
/// A mail of upload_bytes_max in JSON or as a form, and room to say that a larger one is too large.
constexpr std::size_t body_bytes_max = 2 * upload_bytes_max;

std::string_view name_of(rules::Part state)
{
    switch (state) {
    case rules::Part::unchecked: return "unchecked";
    case rules::Part::same: return "same";
    case rules::Part::differs: return "differs";
    case rules::Part::missing: return "missing";
    case rules::Part::added: break;
    }
    return "added";
}

std::string_view name_of(rules::Signature signature)
{
    switch (signature) {
    case rules::Signature::none: return "none";
    case rules::Signature::broken: return "broken";
    case rules::Signature::body_differs: return "body_differs";
    case rules::Signature::whole: break;
    }
    return "whole";
}

/// In people's words where they have any for it; a header's name else.
std::string label_of(const render::Page& page, std::string_view part)
{
    struct Label {
        std::string_view part;
        Msg words;
    };
    static constexpr std::array labels{
        Label{"From", Msg::verify_mail_part_from},       Label{"To", Msg::verify_mail_part_to},
        Label{"Subject", Msg::verify_mail_part_subject}, Label{"Date", Msg::verify_mail_part_date},
        Label{"Message-ID", Msg::verify_mail_part_id},   Label{"Reply-To", Msg::verify_mail_part_reply},
        Label{"text", Msg::verify_mail_part_text},       Label{"html", Msg::verify_mail_part_html},
        Label{"attachment", Msg::verify_mail_part_other}};
    const auto known = std::ranges::find(labels, part, &Label::part);
    return known == labels.end() ? std::string(part) : render::text(page, known->words);
}

Msg words_of(rules::Part state)
{
    switch (state) {
    case rules::Part::unchecked:
    case rules::Part::same:
    case rules::Part::differs: break;
    case rules::Part::missing: return Msg::verify_mail_missing;
    case rules::Part::added: return Msg::verify_mail_added;
    }
    return Msg::verify_mail_differs;
}

std::string answer_of(const MailOutcome& outcome)
{
    switch (outcome.verdict) {
    case Verdict::never_sent: return "not_ours";
    case Verdict::altered: return "altered";
    case Verdict::genuine: return "genuine";
    case Verdict::partly: break;
    }
    return outcome.found == Found::quoted ? "quoted" : "partly";
}

void tell(const render::Page& page, const proof::Brand& brand, const MailOutcome& outcome,
          views::VerifyMail& view)
{
    view.answer = answer_of(outcome);
    if (outcome.verdict == Verdict::never_sent) return;
    if (outcome.message) tell_sent(page, brand, *outcome.message, view);
    view.attached = outcome.found == Found::attached;
    view.signature = std::string(name_of(outcome.signature));
    for (const ComparedPart& part : outcome.parts) {
        view.parts.push_back({std::string(part.name), std::string(name_of(part.state))});
        view.text_same = view.text_same || (part.name == "text" && part.state == rules::Part::same);
        if (part.state == rules::Part::same || part.state == rules::Part::unchecked) continue;
        view.differing.push_back({label_of(page, part.name), render::text(page, words_of(part.state))});
    }
    // Only the signature says so: the body, whose text and HTML it does not tell apart.
    if (outcome.verdict == Verdict::altered && view.differing.empty())
        view.differing.push_back(
            {render::text(page, Msg::verify_mail_part_body), render::text(page, Msg::verify_mail_differs)});
}

Msg words_of(UploadProblem problem)
{
    switch (problem) {
    case UploadProblem::empty: return Msg::verify_mail_nothing;
    case UploadProblem::too_large: return Msg::verify_mail_too_large;
    case UploadProblem::too_complicated: break;
    }
    return Msg::verify_mail_too_complicated;
}

/// What was uploaded, and the field where it was.
struct Upload {
    std::string mail;
    std::string field;
};
Upload taken(Request& request)
{
    for (http::UploadedFile& file : request.files)
        if (file.field == "file" && !file.content.empty()) return {std::move(file.content), "file"};
    return {std::string(request.form.get("source")), "source"};
}

Response busy(const Request& request)
{
    Response response = http::problem(request, unavailable, "too_busy", "Too many mails are being checked");
    response.set("Retry-After", busy_seconds);
    return response;
}

Task<Response> show_form(const Access& access, Request request)
{
    co_return http::respond(request, access.page(request), views::VerifyMail{});
}

Task<Response> post_mail(const Access& access, std::shared_ptr<MailChecks> checks, Request request)
{
    views::VerifyMail view;
    view.recipient = std::string(request.form.get("recipient"));
    const auto recipient = Email::parse(view.recipient);
    Upload upload = taken(request);
    const bool too_long = upload.mail.size() > upload_bytes_max;
    if (!recipient) view.problems.add("recipient", Msg::verify_mail_recipient_wrong);
    if (upload.mail.empty()) view.problems.add("file", Msg::verify_mail_nothing);
    if (upload.field == "file" && !request.form.get("source").empty())
        view.problems.add("source", Msg::verify_mail_both);
    if (too_long) view.problems.add(upload.field, Msg::verify_mail_too_large);
    if (!view.problems.empty()) {
        if (!too_long) view.source = std::string(request.form.get("source"));
        co_return access::refuse(request, access.page(request), view, too_long ? too_large : unprocessable,
                                 too_long ? "too_large" : "not_checked");
    }
    std::string network = request.client.network();
    auto outcome = co_await check_mail(access.world(), std::move(checks), std::move(network),
                                       std::move(upload.mail), recipient->address());
    if (outcome.wait_until) co_return limited(access, request, std::move(view), *outcome.wait_until);
    if (outcome.busy) co_return busy(request);
    const render::Page page = access.page(request);
    if (outcome.problem) {
        view.problems.add(upload.field, words_of(*outcome.problem));
        co_return access::refuse(request, page, view, unprocessable, "unreadable");
    }
    tell(page, access.world().brand, outcome, view);
    co_return http::respond(request, page, view);
}

}  // namespace

void add_mail_checks(http::Router& router, const Access& access, std::shared_ptr<MailChecks> checks)
{
    using enum http::Method;
    router.add(get, "/verify/mail",
               [&access](Request request) { return show_form(access, std::move(request)); });
    router.add(post, "/verify/mail",
               [&access, checks = std::move(checks)](Request request) {
                   return post_mail(access, checks, std::move(request));
               },
               {.body_bytes_max = body_bytes_max, .takes_files = true});
}

}  // namespace sallyport::messages
