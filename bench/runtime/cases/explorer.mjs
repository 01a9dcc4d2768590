// Schedules of a test with five tasks, of two calls each to something outside. One operation is one schedule.
//
// fast-check is no goal to reach, for it does less: it orders the calls that were wrapped by hand, and has neither virtual
// time nor tasks, positions or deadlocks.

const tasks = [0, 1, 2, 3, 4];
const schedules = 500;

export const rows = [
  {
    id: "explorer",
    title: "explorer, one schedule of five tasks",
    goals: [
      { against: "1,000 schedules a second", most: 1e6, must: 1 },
      { against: "5,000 schedules a second", most: 2e5, stretch: 1 },
    ],
    cases: {
      ours: async () => {
        const { explore } = await import("mooring-runtime/testing");
        return async () => {
          const { schedules: run } = await explore(
            async (sim) => {
              const outside = sim.io(async () => 1);
              let sum = 0;
              await Promise.all(
                tasks.map((task) =>
                  sim.spawn(`task ${task}`, async () => {
                    sum += await outside();
                    sum += await outside();
                  }),
                ),
              );
              if (sum !== 0 && sum < 2) throw new Error("unexpected");
            },
            { strategy: "random", runs: schedules },
          );
          return run;
        };
      },
      "fast-check's scheduler": async () => {
        const { assert, asyncProperty, scheduler } = await import("fast-check");
        return async () => {
          await assert(
            asyncProperty(scheduler(), async (plan) => {
              const outside = plan.scheduleFunction(async () => 1);
              let sum = 0;
              const all = Promise.all(
                tasks.map(async () => {
                  sum += await outside();
                  sum += await outside();
                }),
              );
              await plan.waitFor(all);
              if (sum !== 0 && sum < 2) throw new Error("unexpected");
            }),
            { numRuns: schedules },
          );
          return schedules;
        };
      },
    },
  },
];
