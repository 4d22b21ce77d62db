# Which test waits for which, here alone; of those that are asked for only. A test
# that is named in no list here sounds. Two jobs a build, of two builds, fit two
# processors: what sounds waits most of the time.
system_log = $(foreach t,$(1),$(filter tests/system/$(t)-test.log,$(TEST_LOGS)))

# They wait for messages: two at once, beside what computes.
waiting_1 = targets examples transfer address
waiting_2 = tls registrar outside challenge lost identity dual resolv
waiting_more = trust setup session bleed routes sipconnect proof scheme toll house \
	phone
$(call system_log,examples): $(call system_log,targets)
$(call system_log,transfer): $(call system_log,examples)
$(call system_log,address): $(call system_log,transfer)
$(call system_log,registrar): $(call system_log,tls)
$(call system_log,outside): $(call system_log,registrar)
$(call system_log,challenge): $(call system_log,outside)
$(call system_log,lost): $(call system_log,challenge)
$(call system_log,identity): $(call system_log,lost)
$(call system_log,dual): $(call system_log,identity)
$(call system_log,resolv): $(call system_log,dual)

# 2,000 connections, floods, 24 lines at once: one after the other, after all that
# sounds.
loading = connections floods storm load
$(call system_log,floods): $(call system_log,connections)
$(call system_log,storm): $(call system_log,floods)
$(call system_log,load): $(call system_log,storm)

# They open lines and play in real time: when what computes has ended. The longest
# begin first, as local.mk has them.
playing_units = $(foreach t,media-pump media-line drivers-sim pbx-program,\
	$(filter tests/unit/$(t)-test.log,$(TEST_LOGS)))
computing = $(filter-out $(playing_units),\
	$(filter tests/unit/% tests/fuzz/% tests/scenario/%,$(TEST_LOGS)))
sounding = $(playing_units) $(filter-out \
	$(call system_log,$(waiting_1) $(waiting_2) $(waiting_more) $(loading)) \
	tests/system/package-test.log,$(filter tests/system/%,$(TEST_LOGS)))
$(sounding): $(computing)
$(call system_log,$(loading)): $(sounding)
# It compiles, with what the others leave of the processors.
tests/system/package-test.log: $(computing)
