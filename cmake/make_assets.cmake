# cmake -DWEB= -DOUT= -DESBUILD= -DBROTLI= -DGZIP= -P make_assets.cmake
#   OUT/list.txt     one asset a line: name and path ("forms.css /a/forms.0123456789.css")
#   OUT/assets.cpp   the table behind render::find_asset
# Files that begin with _ are imported by others and are no assets. sw.js and favicon.ico keep their names.
file(MAKE_DIRECTORY ${OUT}/raw)
file(GLOB files ${WEB}/styles/*.css ${WEB}/scripts/*.ts ${WEB}/icons/*)
list(SORT files)
list(FILTER files EXCLUDE REGEX "webmanifest$")
file(GLOB manifests ${WEB}/icons/*.webmanifest)
list(APPEND files ${manifests})   # last: they name the others
set(list "")
set(entries "")
foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME)
    if(name MATCHES "^_" OR name MATCHES "\\.d\\.ts$")
        continue()
    endif()
    string(REGEX REPLACE "\\.ts$" ".js" name ${name})
    set(made ${OUT}/raw/${name})
    if(name MATCHES "\\.(js|css)$")
        execute_process(COMMAND ${ESBUILD} ${file} --bundle --minify --charset=utf8 --target=es2020
            --log-level=warning --format=iife --outfile=${made} RESULT_VARIABLE failed)
        if(failed)
            message(FATAL_ERROR "${file} does not bundle")
        endif()
    elseif(name MATCHES "webmanifest$")
        file(READ ${file} text)
        foreach(pair IN LISTS pairs)
            string(REGEX REPLACE "^(.*)=(.*)$" "\\1;\\2" pair ${pair})
            list(GET pair 0 from)
            list(GET pair 1 to)
            string(REPLACE "@${from}@" "${to}" text "${text}")
        endforeach()
        file(WRITE ${made} "${text}")
    else()
        file(COPY_FILE ${file} ${made})
    endif()
    file(SHA256 ${made} hash)
    string(SUBSTRING ${hash} 0 16 hash)
    string(REGEX REPLACE "^(.*)(\\.[a-z0-9]+)$" "\\1.${hash}\\2" hashed ${name})
    set(path /a/${hashed})
    if(name STREQUAL "sw.js" OR name STREQUAL "favicon.ico")
        set(path /${name})
    endif()
    string(REGEX REPLACE "^.*\\." "" ending ${name})
    set(types_css "text/css; charset=utf-8")
    set(types_js "text/javascript; charset=utf-8")
    set(types_svg "image/svg+xml")
    set(types_png "image/png")
    set(types_ico "image/x-icon")
    set(types_webmanifest "application/manifest+json")
    if(NOT types_${ending})
        message(FATAL_ERROR "no media type for ${name}")
    endif()
    set(gzip "{}")
    set(brotli "{}")
    if(NOT ending MATCHES "png|ico")
        execute_process(COMMAND ${GZIP} -9nc ${made} OUTPUT_FILE ${made}.gz COMMAND_ERROR_IS_FATAL ANY)
        execute_process(COMMAND ${BROTLI} -q 11 -fo ${made}.br ${made} COMMAND_ERROR_IS_FATAL ANY)
        set(gzip "view(${ending}_gz_${hash})")
        set(brotli "view(${ending}_br_${hash})")
        string(APPEND data
            "constexpr unsigned char ${ending}_gz_${hash}[] = {\n#embed \"raw/${name}.gz\"\n};\n"
            "constexpr unsigned char ${ending}_br_${hash}[] = {\n#embed \"raw/${name}.br\"\n};\n")
    endif()
    string(APPEND data "constexpr unsigned char ${ending}_${hash}[] = {\n#embed \"raw/${name}\"\n};\n")
    list(APPEND pairs "${name}=${path}")
    string(APPEND list "${name} ${path}\n")
    string(APPEND entries "        {\"${path}\", \"${types_${ending}}\", \"\\\"${hash}\\\"\",\n"
        "         view(${ending}_${hash}), ${gzip}, ${brotli}},\n")
endforeach()
file(CONFIGURE OUTPUT ${OUT}/assets.cpp @ONLY CONTENT
"// Made by cmake/make_assets.cmake from web/.
#include \"render/assets.h\"

#include <array>

namespace sallyport::render {
namespace {

${data}
template <std::size_t N>
std::string_view view(const unsigned char (&bytes)[N])
{
    return {reinterpret_cast<const char*>(bytes), N};
}

}  // namespace

std::span<const Asset> all_assets()
{
    static const auto assets = std::to_array<Asset>({
${entries}    });
    return assets;
}

}  // namespace sallyport::render
")
file(WRITE ${OUT}/list.txt.new "${list}")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUT}/list.txt.new ${OUT}/list.txt)
