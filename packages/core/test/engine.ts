// The back end of these tests, unless another one has been made the active one before.
import '@tensorflow/tfjs-backend-cpu';
