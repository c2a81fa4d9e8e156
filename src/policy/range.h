#pragma once
// The values that the configuration may give a limit. A range is chosen so that no value in it breaks an
// invariant.

namespace sallyport::policy {

template <class T>
struct Range {
    T least;
    T most;
    constexpr bool holds(T value) const noexcept { return least <= value && value <= most; }
};

}  // namespace sallyport::policy
