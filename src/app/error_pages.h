#pragma once
// P24: the pages of errors, for people (ux.md R7).
#include "access/visitor.h"
#include "http/problem.h"

namespace sallyport::app {

class ErrorPages final : public http::ErrorPages {
public:
    explicit ErrorPages(const access::Access& access) : m_access(access) {}
    [[nodiscard]] http::Response draw(const http::Request& request,
                                      const http::ErrorFacts& facts) const override;

private:
    const access::Access& m_access;
};

}  // namespace sallyport::app
