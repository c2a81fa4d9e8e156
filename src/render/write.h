#pragma once
// What the generated renderers call (tools/tmplc). Nobody else includes this.
#include "base/secret.h"
#include "render/escape.h"
#include "render/format.h"
#include "render/page.h"
#include "render/svg.h"

namespace sallyport::render {

/// <time datetime="…" title="… UTC">…</time>.
void write_moment(std::string& out, const Reader& reader, Instant at, std::string text);
void put_json(std::string& out, std::string_view text);
void put_json(std::string& out, std::int64_t number);
void put_json(std::string& out, bool flag);
void put_json(std::string& out, Instant at);
void put_json(std::string& out, Duration duration);  // seconds
void put_json(std::string& out, const Secret& secret);
void put_json(std::string& out, const Message& message);
void put_json(std::string& out, const Problems& problems);
template <class T>
void put_json(std::string& out, const std::optional<T>& value)
{
    if (value)
        put_json(out, *value);
    else
        out += "null";
}
template <class T>
void put_json(std::string& out, const std::vector<T>& list)
{
    out += '[';
    bool first = true;
    for (const auto& item : list) {
        if (!std::exchange(first, false)) out += ',';
        put_json(out, item);
    }
    out += ']';
}

}  // namespace sallyport::render
