# SPDX-License-Identifier: GPL-2.0-or-later
# The target `image`: what initramfs/build makes, in build/image. It decides for itself what is out of date.
set(KBOOT_KERNEL stock CACHE STRING "which kernel the image gets: stock, custom or both")
set_property(CACHE KBOOT_KERNEL PROPERTY STRINGS stock custom both)

add_custom_target(image
	COMMAND ${PROJECT_SOURCE_DIR}/initramfs/build --kernel ${KBOOT_KERNEL}
	WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
	COMMENT "Building the image (${KBOOT_KERNEL} kernel)"
	USES_TERMINAL VERBATIM)
