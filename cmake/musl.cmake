# SPDX-License-Identifier: GPL-2.0-or-later
# Toolchain file: static programs against musl, as the image builder sets it up. The sysroot and the tools come from
# its environment (initramfs/lib/toolchain.sh); -DKBOOT_SYSROOT=DIR names another sysroot.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

set(KBOOT_SYSROOT "$ENV{KBOOT_SYSROOT}" CACHE PATH "where musl and the static libraries are installed")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES KBOOT_SYSROOT)
if(NOT IS_DIRECTORY "${KBOOT_SYSROOT}")
	message(FATAL_ERROR "KBOOT_SYSROOT names no folder: this toolchain file is used by initramfs/build")
endif()

set(CMAKE_C_COMPILER musl-gcc)
set(CMAKE_AR musl-ar CACHE FILEPATH "")
set(CMAKE_RANLIB musl-ranlib CACHE FILEPATH "")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(CMAKE_FIND_ROOT_PATH "${KBOOT_SYSROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
# A static library needs the libraries below it named as well.
set(PKG_CONFIG_ARGN "--static" CACHE STRING "")
