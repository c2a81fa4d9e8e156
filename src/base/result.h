#pragma once
// An expected outcome that may be a refusal (convention 3). "The world is broken" is an exception; our own
// bug is CHECK.
#include <expected>
#include <utility>

namespace sallyport {

template <class T, class E>
class [[nodiscard]] Result : public std::expected<T, E> {
public:
    using std::expected<T, E>::expected;
    Result(std::expected<T, E>&& other) : std::expected<T, E>(std::move(other)) {}
};

template <class E>
[[nodiscard]] auto failure(E error)
{
    return std::unexpected<E>(std::move(error));
}

}  // namespace sallyport
