#pragma once
// A secret cannot be printed, copied by accident or compared with ==, and wipes itself (convention 6).
#include "base/bytes.h"

#include <string_view>

namespace sallyport {

class Secret {
public:
    Secret() = default;
    explicit Secret(Bytes&& bytes) noexcept : m_bytes(std::move(bytes)) {}
    /// Takes a copy; the caller's text stays where it is.
    static Secret from_text(std::string_view text);

    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    Secret(Secret&& other) noexcept : m_bytes(std::move(other.m_bytes)) {}
    Secret& operator=(Secret&& other) noexcept;
    ~Secret() { wipe(); }

    /// A copy that the reader of the code can see.
    [[nodiscard]] Secret duplicate() const { return Secret(Bytes(m_bytes)); }
    /// What the secret is. Each use of this is a place to review.
    [[nodiscard]] BytesView reveal() const noexcept { return m_bytes; }
    [[nodiscard]] std::string_view reveal_text() const noexcept { return as_text(m_bytes); }
    [[nodiscard]] bool empty() const noexcept { return m_bytes.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return m_bytes.size(); }

    friend bool operator==(const Secret&, const Secret&) = delete;

private:
    void wipe() noexcept;
    Bytes m_bytes;
};

/// Overwrites memory in a way that the optimiser keeps.
void wipe_memory(void* data, std::size_t size) noexcept;
void wipe_text(std::string& text) noexcept;

}  // namespace sallyport
