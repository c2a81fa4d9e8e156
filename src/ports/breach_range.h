#pragma once
#include "base/task.h"

#include <string>

namespace sallyport::ports {

/// A Have-I-Been-Pwned-style range service (k-anonymity): it is told five hexadecimal digits of a SHA-1,
/// nothing else.
class BreachRange {
public:
    virtual ~BreachRange() = default;
    /// `prefix`: 5 upper-case hexadecimal digits. Gives the service's lines "SUFFIX:COUNT"; throws
    /// Unavailable.
    virtual Task<std::string> range(std::string prefix) = 0;
};

}  // namespace sallyport::ports
