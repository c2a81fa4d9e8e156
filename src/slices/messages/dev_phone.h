#pragma once
// Development only: text messages stay here instead of leaving. `sallyport dev` alone makes one.
#include "base/mutex.h"
#include "ports/texter.h"

#include <cstdint>
#include <deque>
#include <vector>

namespace sallyport::messages {

/// A Texter that keeps the newest texts in memory. Any thread.
class DevPhone final : public ports::Texter {
public:
    static constexpr std::size_t texts_max = 200;

    struct Text {
        std::uint64_t number;  // 1 for the first since start
        ports::OutgoingText text;
    };

    Task<ports::TextResult> send(ports::OutgoingText text) override;
    /// Newest first.
    [[nodiscard]] std::vector<Text> texts() const;

private:
    mutable Mutex m_mutex;
    std::deque<Text> m_texts GUARDED_BY(m_mutex);
    std::uint64_t m_last GUARDED_BY(m_mutex) = 0;
};

}  // namespace sallyport::messages
