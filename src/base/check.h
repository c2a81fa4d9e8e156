#pragma once
// CHECK states what our own code guarantees. When it does not hold, the request fails with 500 and the
// process goes on: no abort is reachable from input.
#include <source_location>
#include <stdexcept>

namespace sallyport {

/// A bug of ours, caught once at the edge and answered with 500.
class ProgrammingError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// Part of the world is broken (database, disk, relay), caught once at the edge and answered with 503.
class Unavailable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

[[noreturn]] void check_failed(const char* condition, std::source_location where);

}  // namespace sallyport

// A macro, because only the preprocessor can name the condition.
#define CHECK(condition)                                                                                     \
    ((condition) ? static_cast<void>(0)                                                                      \
                 : ::sallyport::check_failed(#condition, std::source_location::current()))
