#pragma once
// What the pages of a reset share.
#include "access/visitor.h"
#include "http/pages.h"
#include "http/router.h"
#include "policy/passwords.h"
#include "render/messages.h"
#include "slices/reset/progress.h"

#include <string>
#include <string_view>

namespace sallyport::reset {

/// Each way has a cookie of its own.
constexpr std::string_view cookie_of(Purpose purpose) noexcept
{
    return purpose == Purpose::reset ? "reset" : "recover";
}

using Endpoint = Task<http::Response> (*)(const access::Access&, http::Request);
void add_page(http::Router& router, const access::Access& access, http::Method method, std::string path,
              Endpoint endpoint);

/// The secret of this browser's reset, as its hash.
std::optional<store::TokenHash> secret_of(const access::Access& access, const http::Request& request,
                                          Purpose purpose = Purpose::reset);
/// To the page of the step that is awaited.
http::Response lead_on(const http::Request& request, policy::reset::Stage stage);
http::Response lead_on_finish(const http::Request& request, policy::reset::Stage stage);
/// There is no reset in this browser, or it is over: the first page, with one line that says so (R2).
http::Response start_again(const access::Access& access, const http::Request& request,
                           Purpose purpose = Purpose::reset);
/// To the step that this browser has come to.
Task<http::Response> lead_to_awaited(const access::Access& access, http::Request request);

/// A new password that was refused, in words.
render::Message words_of(policy::passwords::Refusal refusal, std::int64_t least, std::int64_t most);

/// "Retry-After", at least a second.
std::string retry_seconds(Instant until, Instant now);

/// The pages, by file.
void add_code_pages(http::Router& router, const access::Access& access);
void add_link_page(http::Router& router, const access::Access& access);
void add_factor_pages(http::Router& router, const access::Access& access);
void add_password_pages(http::Router& router, const access::Access& access);
void add_recover_pages(http::Router& router, const access::Access& access);
void add_kit_pages(http::Router& router, const access::Access& access);
void add_stop_pages(http::Router& router, const access::Access& access);
void add_running_pages(http::Router& router, const access::Access& access);
void add_finish_pages(http::Router& router, const access::Access& access);

}  // namespace sallyport::reset
