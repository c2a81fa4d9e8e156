#include "http/message.h"

#include "base/secret.h"

#include <algorithm>

namespace sallyport::http {

Fields::~Fields() { wipe(); }

Fields& Fields::operator=(Fields&& other) noexcept
{
    if (this != &other) {
        wipe();
        m_entries = std::move(other.m_entries);
        other.m_entries.clear();
    }
    return *this;
}

void Fields::wipe() noexcept
{
    for (auto& [name, value] : m_entries) wipe_text(value);
}

std::string_view Fields::get(std::string_view name) const noexcept
{
    for (const auto& [known, value] : m_entries) {
        if (known == name) return value;
    }
    return {};
}

bool Fields::has(std::string_view name) const noexcept
{
    return std::ranges::any_of(m_entries, [name](const auto& entry) { return entry.first == name; });
}

std::string_view Request::header(std::string_view lower_case_name) const noexcept
{
    for (const auto& [name, value] : headers) {
        if (name == lower_case_name) return value;
    }
    return {};
}

const UploadedFile* Request::file(std::string_view field) const noexcept
{
    for (const UploadedFile& one : files)
        if (one.field == field) return &one;
    return nullptr;
}

namespace {

bool same_header(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

Response& Response::set(std::string name, std::string value)
{
    std::erase_if(headers, [&](const auto& header) { return same_header(header.first, name); });
    return add(std::move(name), std::move(value));
}

Response& Response::add(std::string name, std::string value)
{
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
}

}  // namespace sallyport::http
