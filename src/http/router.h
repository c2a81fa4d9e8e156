#pragma once
// Routes by method and path. A room exports one function that adds its routes.
#include "base/task.h"
#include "http/message.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::http {

using Handler = std::function<Task<Response>(Request)>;
/// Answers on the event loop itself, without a coroutine: only for what touches no database (the session
/// check).
using QuickHandler = std::function<std::optional<Response>(const Request&)>;

enum class Door : std::uint8_t { public_door, private_door, both };

struct RouteOptions {
    Door door = Door::public_door;
    std::size_t body_bytes_max = 16 * 1024;
    /// Tried first on the event loop; nullopt goes on to the handler.
    QuickHandler quick = nullptr;
    bool takes_files = false;  // multipart/form-data; elsewhere it is refused as an unknown type
};

class Router {
public:
    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    /// `pattern`: "/account/sessions/{id}"; {part} matches one non-empty segment. GET routes answer HEAD too.
    /// Two equal patterns for one method on one door are a CHECK. A pattern without {parts} wins over one
    /// with them.
    void add(Method method, std::string pattern, Handler handler, RouteOptions options = {});

    struct Route {
        Method method;
        std::string pattern;
        Handler handler;
        RouteOptions options;
    };
    [[nodiscard]] std::span<const Route> routes() const noexcept;

    struct Match {
        const Route* route = nullptr;  // null: none for this method
        bool path_known = false;       // some method has this path: 405, else 404
        std::string allow;             // for the Allow header of a 405
        std::vector<std::string> captures;
    };
    /// `method`: nullopt for one that we never serve. `door`: the one that the request came in by, never
    /// `both`.
    [[nodiscard]] Match match(std::optional<Method> method, std::string_view path, Door door) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace sallyport::http
