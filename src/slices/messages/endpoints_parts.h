#pragma once
// The parts of this room's routes for people; endpoints_verify.cpp adds them all.
#include "access/refuse.h"
#include "access/visitor.h"
#include "http/router.h"
#include "policy/message_checks.h"
#include "render/messages.h"
#include "slices/messages/check_mail.h"
#include "slices/messages/check_message.h"
#include "slices/messages/official_names.h"
#include "slices/messages/subjects.h"

#include <algorithm>
#include <memory>
#include <string>

namespace sallyport::messages {

void add_ledger(http::Router& router, const access::Access& access);
/// GET and POST /verify/mail.
void add_mail_checks(http::Router& router, const access::Access& access, std::shared_ptr<MailChecks> checks);
/// GET and POST /report.
void add_fake_reports(http::Router& router, const access::Access& access, std::shared_ptr<MailChecks> checks);

/// Not before: "Retry-After", at least a second.
inline void retry_at(http::Response& response, Instant until, Instant now)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(until - now).count();
    response.set("Retry-After", std::to_string(std::max<std::int64_t>(1, seconds)));
}

/// The page of a network that has asked too often, as `view` with this problem: 429 until then.
template <class View>
http::Response limited(const access::Access& access, const http::Request& request, View view, Instant until)
{
    constexpr policy::message_checks::Limits limits;
    const Duration wait = until - access.world().clock.now();
    view.problems.add("", render::Msg::verify_wait,
                      {{"count", limits.checks_max}, {"time", render::ClockTime{until}}, {"wait", wait}});
    constexpr unsigned too_many = 429;
    http::Response response =
        access::refuse(request, access.page(request), view, too_many, "too_many_checks");
    retry_at(response, until, access.world().clock.now());
    return response;
}

/// What was sent, when and to whom, in the language that it was written in.
template <class View>
void tell_sent(const render::Page& page, const proof::Brand& brand, const store::SentMessage& message,
               View& view)
{
    const render::Language language = render::language_of(message.language).value_or(page.language);
    view.subject = subject_of(message.mail, brand, language);
    view.tag = std::string(render::tag(language));
    view.direction = std::string(render::direction(language));
    view.at = message.created_at;
    view.to = message.to;
}

}  // namespace sallyport::messages
