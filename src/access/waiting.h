#pragma once
// What every page says of a change that waits (web/templates/parts/waiting.html).
#include "proof/change_stops.h"

#include <string_view>

namespace sallyport::access {

/// Why a change that is due was not done: "untold", "stopped"; empty where it is not due.
constexpr std::string_view late_name(policy::changes::Due due) noexcept
{
    using policy::changes::Due;
    switch (due) {
    case Due::untold: return "untold";
    case Due::stopped: return "stopped";
    case Due::over:
    case Due::not_yet:
    case Due::now: break;
    }
    return {};
}

/// `item` has due, late, latest and change.
template <class Item>
void show_waiting(Item& item, const proof::WaitingChange& waiting)
{
    item.due = waiting.change.pending.due_at;
    item.late = late_name(waiting.due);
    item.latest = waiting.latest;
    item.change = waiting.change.id.text();
}

}  // namespace sallyport::access
