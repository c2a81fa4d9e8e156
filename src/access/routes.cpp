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

void lead_back(http::Router& router, const Access& access, std::string from, std::string to)
{
    router.add(http::Method::get, std::move(from),
               access.signed_in([to = std::move(to)](http::Request request, const SignedIn&) {
                   return lead_to(std::move(request), to);
               }));
}

}  // namespace sallyport::access
