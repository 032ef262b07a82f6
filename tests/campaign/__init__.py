# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the core lose, double or misreport an endpoint, whatever breaks and whoever else is at work?

`make faults` plays a million seeded schedules of faults and controllers over a simulated wire, and some thousand over
real HTTP, and judges each of them by what the simulator knows to be true. `make faults SEED=123` plays one of them
again, tells it in full and, if it broke a promise, shrinks it.
"""
