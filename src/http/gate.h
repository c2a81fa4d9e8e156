#pragma once
// What every request must pass before a handler sees it, in this order: target, host, address, route,
// cross-origin, content. No socket and no clock in it.
#include "http/client_address.h"
#include "http/request_reader.h"
#include "http/router.h"

#include <string>
#include <vector>

namespace sallyport::http {

struct GateOptions {
    std::vector<std::string> allowed_hosts;  // "host" or "host:port" as browsers send it; of the public door
    std::vector<Network> trusted_proxies;
};

class Gate {
public:
    /// Keeps the reference: the router must be complete, and outlive the gate.
    Gate(GateOptions options, const Router& router) : m_options(std::move(options)), m_router(router) {}
    void allow_host(std::string host) { m_options.allowed_hosts.push_back(std::move(host)); }

    /// At RequestReader::Progress::head. Fills the request (all but the form) and sets `route` and the body's
    /// limit, or says why not. The request is filled as far as possible, for the error page.
    std::optional<Refusal> judge_head(RequestReader& reader, const IpAddress& peer, Door door,
                                      const Router::Route*& route) const;
    /// At RequestReader::Progress::complete: fills the form, and the files where the route takes any.
    static std::optional<Refusal> judge_body(RequestReader& reader, const Router::Route& route);

private:
    [[nodiscard]] bool is_allowed(std::string_view host) const noexcept;

    GateOptions m_options;
    const Router& m_router;
};

}  // namespace sallyport::http
