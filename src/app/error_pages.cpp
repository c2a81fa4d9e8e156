#include "app/error_pages.h"

namespace sallyport::app {

http::Response ErrorPages::draw(const http::Request& request, const http::ErrorFacts& facts) const
{
    static_cast<void>(m_access);
    return http::PlainErrorPages{}.draw(request, facts);
}

}  // namespace sallyport::app
