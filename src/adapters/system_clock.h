#pragma once
#include "ports/clock.h"

namespace sallyport::adapters {

/// The machine's clock (CLOCK_REALTIME).
class SystemClock : public ports::Clock {
public:
    [[nodiscard]] Instant now() const override;
};

}  // namespace sallyport::adapters
