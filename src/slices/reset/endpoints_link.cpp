// P7c: the link of a mail, where the operator sends one. Opening it (GET, HEAD) changes nothing: its page has
// the button that posts the mail's code to P7b, whose rules are the only ones. In another browser it opens
// nothing.
#include "base/text.h"
#include "slices/reset/endpoints_shared.h"
#include "views/reset_link.h"

namespace sallyport::reset {

namespace {

using access::Access;
using http::Request;
using http::Response;
using policy::reset::Stage;
namespace challenge = policy::challenge;

/// Whether this browser still awaits a code; what stands in the link is not compared.
bool awaits_code(const std::optional<Found>& own, Instant now)
{
    if (!own || own->progress.stage != Stage::code) return false;
    return challenge::may_try({own->progress.challenge, true, true, true}, now, code_limits) ==
           challenge::Answer::right;
}

Task<Response> show_link(const Access& access, Request request)
{
    const auto secret = secret_of(access, request);
    std::optional<Found> own;
    if (secret) {
        auto found = co_await read_progress(access.world(), Purpose::reset, *secret);
        own = std::move(found);
    }
    if (own && own->progress.stage != Stage::code) co_return lead_on(request, own->progress.stage);
    const auto digits = typed_digits(request.captures.at(0));
    const bool whole = digits && digits->size() == static_cast<std::size_t>(code_limits.digits);
    views::ResetLink view;
    if (own) view.email = own->progress.email.address();
    const bool same_browser = awaits_code(own, access.world().clock.now());
    if (whole && policy::reset::link_acts(true, same_browser)) view.code = *digits;
    co_return http::respond(request, access.page(request), view);
}

}  // namespace

void add_link_page(http::Router& router, const Access& access)
{
    add_page(router, access, http::Method::get, "/reset/link/{code}", show_link);
}

}  // namespace sallyport::reset
