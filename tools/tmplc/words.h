#pragma once
#include "template.h"

namespace tmplc {

inline constexpr int deepest = 32;  // nesting of blocks, calls and lists

bool is_space(char c);

/// The words inside {{ }}, {% %} and a declaration.
class Words {
public:
    Words(std::string_view source, Place place) : m_source(source), m_place(std::move(place)) {}

    [[nodiscard]] Place place() const { return m_place; }
    bool done();
    bool take(std::string_view wanted);
    std::string word(const char* what);
    std::string quoted();
    [[nodiscard]] bool quote_ahead();
    void finish();
    [[noreturn]] void fail(const std::string& what) const { throw BuildError(m_place, what); }

private:
    void skip();
    [[nodiscard]] std::string rest() const { return ", at: " + std::string(m_source.substr(m_at, 20)); }

    std::string_view m_source;
    std::size_t m_at = 0;
    Place m_place;
};

}  // namespace tmplc
