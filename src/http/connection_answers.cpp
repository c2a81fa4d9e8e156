// What a connection says when something is refused or has failed: problem details, pages, numbers, log lines.
#include "base/log.h"
#include "http/connection.h"

#include <typeinfo>

namespace sallyport::http {

namespace {
constexpr std::string_view retry_after_seconds = "5";
}

Response Connection::answer_to(const std::exception_ptr& error)
{
    const std::string reference = m_context.make_reference();
    const Request& request = m_reader.request();
    const std::string_view route = request.route;
    unsigned status = 500;
    std::string_view code = "internal_error";
    try {
        std::rethrow_exception(error);
    } catch (const Unavailable& unavailable) {
        status = 503;
        code = "unavailable";
        log::write(log::Level::warning, "request_unavailable",
                   {{"reference", reference}, {"route", route}, {"reason", unavailable.what()}});
    } catch (const ProgrammingError& bug) {
        log::write(log::Level::error, "request_failed",
                   {{"reference", reference}, {"route", route}, {"reason", bug.what()}});
    } catch (const std::exception& other) {
        // Its words may hold what somebody typed: the type must do.
        log::write(log::Level::error, "request_failed",
                   {{"reference", reference}, {"route", route}, {"type", typeid(other).name()}});
    } catch (...) {
        log::write(log::Level::error, "request_failed", {{"reference", reference}, {"route", route}});
    }
    Response response = problem(request, status, code, reason_phrase(status));
    if (status == 503) response.set("Retry-After", std::string(retry_after_seconds));
    m_reference = reference;
    return response;
}

void Connection::refuse(const Refusal& refusal)
{
    m_complete_at = EventLoop::timer_now();
    Response response =
        problem(m_reader.request(), refusal.status, refusal.code, reason_phrase(refusal.status));
    if (!refusal.allow.empty()) response.set("Allow", refusal.allow);
    respond(std::move(response));
}

/// By which the one who got this answer and the operator find each other: the member of the problem details,
/// the page's number and the line in the log. A 401 has none: it says where to sign in, and comes at every
/// check of a visitor without a session.
std::string Connection::refer(Response& response)
{
    std::string reference = std::exchange(m_reference, {});
    if (response.problem_code.empty() || response.status == 401) return reference;
    if (reference.empty()) {
        reference = m_context.make_reference();
        const std::string_view route = m_route == nullptr ? "none" : std::string_view(m_route->pattern);
        log::write(log::Level::info, "request_refused",
                   {{"reference", reference},
                    {"route", route},
                    {"status", std::to_string(response.status)},
                    {"code", response.problem_code}});
    }
    if (response.body.ends_with('}')) {
        response.body.back() = ',';
        response.body.append(R"("reference":")").append(reference).append("\"}");
    }
    return reference;
}

/// The page in place of problem details. Where it cannot be drawn, words without design, and the same status.
Response Connection::draw_error(const Response& problem_details, std::string_view reference)
{
    const Request& request = m_reader.request();
    std::string_view retry_after;
    for (const auto& [name, value] : problem_details.headers)
        if (name == "Retry-After") retry_after = value;
    const ErrorFacts facts{problem_details.status, problem_details.problem_code, reference, retry_after};
    Response page;
    try {
        page = m_context.error_pages.draw(request, facts);
    } catch (...) {
        log::write(log::Level::error, "error_page_failed",
                   {{"reference", reference}, {"route", request.route}});
        page = PlainErrorPages().draw(request, facts);
    }
    for (const auto& [name, value] : problem_details.headers) {
        if (name != "Content-Type" && name != "Vary") page.add(name, value);
    }
    page.status = problem_details.status;
    page.set("Vary", "Accept");
    return page;
}

void Connection::respond(Response response)
{
    ++m_requests;
    const Request& request = m_reader.request();
    m_keep_alive =
        m_keep_alive && !m_loop.is_stopping() && m_requests < m_context.limits.requests_per_connection_max;
    m_output.clear();
    const WriteFacts facts{.date = m_loop.date(),
                           .without_body = m_reader.head_done() && request.method == Method::head,
                           .keep_alive = m_keep_alive,
                           .http_1_0 = m_reader.is_http_1_0(),
                           .secure = request.secure};
    std::string reference;
    try {
        reference = refer(response);
        if (!response.problem_code.empty() && !request.wants_json) response = draw_error(response, reference);
        m_context.writer.append(m_output, response, facts);
    } catch (...) {
        if (reference.empty()) reference = m_context.make_reference();
        log::write(log::Level::error, "answer_failed", {{"reference", reference}, {"route", request.route}});
        m_output.clear();
        response = PlainErrorPages().draw(request, {500, "internal_error", reference});
        m_context.writer.append(m_output, response, facts);
    }
    m_context.metrics.observe(m_loop.number(), m_route, response.status,
                              EventLoop::timer_now() - m_complete_at);
    send();
}

}  // namespace sallyport::http
