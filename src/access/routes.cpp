#include "access/routes.h"

#include "http/problem.h"

namespace sallyport::access {

namespace {

Task<http::Response> lead_to(http::Request request, std::string path)
{
    co_return http::see_other(request, path);
}

}  // namespace

void add_signed_in(http::Router& router, const Access& access, http::Method method, std::string path,
                   SignedInEndpoint endpoint)
{
    router.add(method, std::move(path),
               access.signed_in([&access, endpoint](http::Request request, SignedIn who) {
                   return endpoint(access, std::move(request), std::move(who));
               }));
}

proof::Holder holder_of(const SignedIn& who)
{
    return {who.session.account, who.token_hash, static_cast<policy::Level>(who.session.level), who.asker};
}

void lead(http::Router& router, std::string from, std::string to)
{
    router.add(http::Method::get, std::move(from),
               [to = std::move(to)](http::Request request) { return lead_to(std::move(request), to); });
}

void lead_back(http::Router& router, const Access& access, std::string from, std::string to)
{
    router.add(http::Method::get, std::move(from),
               access.signed_in([to = std::move(to)](http::Request request, const SignedIn&) {
                   return lead_to(std::move(request), to);
               }));
}

}  // namespace sallyport::access
