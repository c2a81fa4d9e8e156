#pragma once
#include "base/time.h"

namespace sallyport::ports {

class Clock {
public:
    virtual ~Clock() = default;
    /// Now, UTC. May jump when the machine's clock is set; callers compare stored moments, never differences
    /// of calls.
    [[nodiscard]] virtual Instant now() const = 0;
};

}  // namespace sallyport::ports
