import { JobScheduler, type SchedulerOptions } from "../../src/jobs/job-scheduler";
import type { ScheduledJob } from "../../src/jobs/scheduled-job";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import type { TestContext } from "../support/test-context";

/** A scheduler of some jobs, as a server has it. It is not started yet; whoever opened it closes it. */
export function openScheduler(
  { services }: Pick<TestContext, "services">,
  jobs: ScheduledJob[],
  options: Partial<SchedulerOptions> = {},
): JobScheduler {
  return new JobScheduler(jobs, {
    contextOf: ({ name, maxWaitMs }) => makeUseCaseContext(services, { kind: "SYSTEM" }, name, maxWaitMs),
    ...{ log: services.log, meter: services.meter },
    ...options,
  });
}
